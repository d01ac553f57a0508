/** Any operation, by method and path. */
import { once } from "node:events";
import { failedResponse } from "../../../typescript/src/error.ts";
import { command } from "../definition/command.ts";
import { connect } from "../session/connect.ts";
import { failureOf, showFailure } from "../session/failures.ts";
import { chunksOf } from "../session/streaming.ts";
import { usageError } from "../terminal/exit.ts";
import { readInput } from "../terminal/file.ts";
import type { Io } from "../terminal/io.ts";

const METHOD = /^[A-Z]+$/;
const FIELD = /^([!#$%&'*+.^_`|~\w-]+):\s*(.*)$/s;

const headersOf = (fields: readonly string[]): Headers => {
  const headers = new Headers();
  for (const field of fields) {
    const [, name, value] = FIELD.exec(field) ?? [];
    if (name === undefined || value === undefined)
      throw usageError(`"${field}" is no header field.`, 'Such as: -H "If-Match: *"');
    headers.append(name, value);
  }
  return headers;
};

/** Forms of OAuth are the one other thing that is often typed. */
const typeOf = (path: string, body: string): string => {
  if (/^\/kms\/(?:token|revoke|introspect|device|par)$/.test(path)) return "application/x-www-form-urlencoded";
  return /^\s*[[{"]/.test(body) ? "application/json" : "text/plain";
};

const bodyOf = async (io: Io, given: string | undefined): Promise<string | undefined> => {
  if (given === undefined || !given.startsWith("@")) return given;
  return readInput(io, given.slice(1));
};

const withoutQuery = (path: string): string => path.replace(/\?.*/s, "");

/** As it comes, for as long as it comes. */
const writeBody = async (chunks: AsyncIterable<Uint8Array>, { stdout, signal }: Io): Promise<undefined> => {
  for await (const chunk of chunks) if (!stdout.write(chunk)) await once(stdout, "drain", { signal });
  if (stdout.isTTY) stdout.write("\n");
};

export const api = command({
  summary: "call any operation, and print its response",
  details:
    "Paths are those of /docs, such as /kms/me. A body that looks like JSON is sent as JSON, any other as text; set Content-Type with -H for something else. A response of 400 or more is printed, too, and ends with the exit code for it.",
  args: ["METHOD", "PATH"],
  options: {
    data: { type: "string", short: "d", value: "BODY", summary: "the body; @FILE reads a file, @- stdin" },
    header: {
      type: "string",
      short: "H",
      multiple: true,
      value: "FIELD",
      summary: 'a header field, such as "If-Match: *"',
    },
    include: { type: "boolean", short: "i", summary: "print status and header fields first" },
  },
  examples: ["api GET /kms/users?limit=5", 'api PUT /kms/roles/writer -d \'{"permissions": ["notes:read"]}\''],
  run: async (context, given) => {
    const [verb = "", path = ""] = given.args;
    const method = verb.toUpperCase();
    if (!METHOD.test(method)) throw usageError(`"${verb}" is no method.`, "Such as: fountain api GET /kms/me");
    if (!path.startsWith("/")) throw usageError(`"${path}" is no path: it begins with a slash.`);
    const body = await bodyOf(context.io, given.text("data"));
    const headers = headersOf(given.texts("header"));
    if (body !== undefined && !headers.has("content-type"))
      headers.set("content-type", typeOf(withoutQuery(path), body));
    const { client } = connect(context);
    const response = await client.fetch(path, { method, headers, body: body ?? null, signal: context.io.signal });
    const { output } = context;
    if (given.flag("include")) {
      const fields = [...response.headers].map(([name, value]) => `${name}: ${value}`);
      output.raw(`${[`HTTP ${response.status}`, ...fields].join("\n")}\n\n`);
    }
    const call = `${method} ${withoutQuery(path)}`;
    if (response.ok) return writeBody(chunksOf(call, response), context.io);
    const text = await response.text();
    output.raw(text === "" || text.endsWith("\n") ? text : `${text}\n`);
    return showFailure(output, failureOf(failedResponse(call, response, text)));
  },
});
