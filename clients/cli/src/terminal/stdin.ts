/** What is piped into the program. */
import { createInterface } from "node:readline";
import { usageError } from "./exit.ts";
import type { Io } from "./io.ts";

/** The text of bytes in UTF-8. Throws for others. */
export const decode = (bytes: Uint8Array): string =>
  new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** Everything, which must be UTF-8. */
export const readAll = async ({ stdin }: Pick<Io, "stdin">): Promise<string> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
  try {
    return decode(Buffer.concat(chunks));
  } catch {
    throw usageError("The input is no text in UTF-8: encode it as base64.");
  }
};

/** One line after the other. */
export const linesOf = ({ stdin }: Pick<Io, "stdin">): (() => Promise<string | undefined>) => {
  const lines = createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  return async () => {
    const { value, done } = await lines.next();
    return done ? undefined : value;
  };
};
