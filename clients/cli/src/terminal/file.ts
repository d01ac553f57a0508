/** Files that the caller names. */
import { readFileSync } from "node:fs";
import { usageError } from "./exit.ts";
import type { Io } from "./io.ts";
import { decode, readAll } from "./stdin.ts";

/** `-` is stdin. */
const STDIN = "-";

/** The text of a file, or of stdin, in UTF-8. Throws a usage error for one that cannot be read. */
export const readInput = async (io: Pick<Io, "stdin">, file: string): Promise<string> => {
  if (file === STDIN) return readAll(io);
  try {
    return decode(readFileSync(file));
  } catch (error) {
    throw usageError(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
};
