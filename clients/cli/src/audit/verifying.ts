/** Verifies the audit trail on this machine, as `npm run audit:verify` does, without trusting the server's word. */
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { checkExport } from "../../../../runtime/audit/check.ts";
import { describeVerdict, verifyFiles } from "../../../../runtime/audit/files.ts";
import { keySetFile } from "../../../../runtime/audit/key-set.ts";
import { failedResponse } from "../../../typescript/src/error.ts";
import type { Client } from "../../../typescript/src/index.ts";
import type { Context } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { chunksOf } from "../session/streaming.ts";
import { usageError } from "../terminal/exit.ts";

/** What was found, in words. */
interface Verified {
  valid: boolean;
  lines: string[];
}

const EXPORT = "/kms/audit";

/** The lines of the whole trail, as they arrive. */
const exportedLines = async (client: Client, signal: AbortSignal): Promise<AsyncIterable<string>> => {
  const response = await client.fetch(EXPORT, { headers: { accept: "application/x-ndjson" }, signal });
  const call = `GET ${EXPORT}`;
  if (!response.ok) throw failedResponse(call, response, await response.text());
  return createInterface({ input: Readable.from(chunksOf(call, response)), crlfDelay: Number.POSITIVE_INFINITY });
};

/** Exports the whole trail, and checks it by the keys that Fountain publishes. */
export const verifyTrail = async (context: Context): Promise<Verified> => {
  const { client } = connect(context);
  const { data } = await client.call("GET /.well-known/jwks.json");
  const publishedKeys = new Map(keySetFile.parse(data).keys.map((key) => [key.kid, key]));
  const verdict = await checkExport(await exportedLines(client, context.io.signal), { publishedKeys });
  return { valid: verdict.valid, lines: describeVerdict(verdict, true) };
};

/** Checks an export. Throws a usage error for a file that cannot be read. */
export const verifyFile = async ({ io }: Context, args: string[]): Promise<Verified> => {
  const lines: string[] = [];
  try {
    const status = await verifyFiles(args, io.env, (line) => lines.push(line));
    return { valid: status === 0, lines };
  } catch (error) {
    throw usageError(`${args[0]} cannot be verified: ${error instanceof Error ? error.message : error}`);
  }
};
