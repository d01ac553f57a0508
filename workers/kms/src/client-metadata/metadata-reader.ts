/** Reads the documents by which clients describe themselves: over the egress that reaches public addresses only, where there is one. */
import { withinTime } from "#shared/lang/deadline.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { decodeUtf8 } from "#shared/lang/utf8.ts";

const WITHIN_MS = 5_000;
/** The draft suggests 5 KB. */
const MAX_BYTES = 16 * 1024;
const JSON_TYPE = /^application\/(?:[\w.-]{1,64}\+)?json\s*(?:;|$)/i;

export type ReadingFault =
  | "unreachable"
  | "too-slow"
  | "redirected"
  | "refused"
  | "wrong-type"
  | "too-large"
  | "not-json";

/** What stands at this URL, as JSON. */
export type ReadDocument = (url: string) => Promise<Result<unknown, ReadingFault>>;

/** `undefined`: it is larger. */
const bytesOf = async (body: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> => {
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces);
    length += value.byteLength;
    if (length > MAX_BYTES) {
      await reader.cancel();
      return undefined;
    }
    pieces.push(value);
  }
};

const parseJson = (bytes: Uint8Array): Result<unknown, "not-json"> => {
  const text = decodeUtf8(bytes);
  try {
    return text === undefined ? failure("not-json") : success(JSON.parse(text));
  } catch {
    return failure("not-json");
  }
};

const faultIn = ({ status, headers }: Response): ReadingFault | undefined => {
  // Not followed: its target was not checked, and is not what the client is known by.
  if (status >= 300 && status < 400) return "redirected";
  if (status !== 200) return "refused";
  return JSON_TYPE.test(headers.get("content-type") ?? "") ? undefined : "wrong-type";
};

export const createDocumentReader = (internet: Pick<Fetcher, "fetch"> | undefined): ReadDocument => {
  const read = async (url: string): Promise<Result<unknown, ReadingFault>> => {
    const init = {
      headers: { accept: "application/json", "user-agent": "Fountain-Client-Metadata/1" },
      redirect: "manual",
      signal: AbortSignal.timeout(WITHIN_MS),
    } as const;
    const response = await (internet ? internet.fetch(url, init) : fetch(url, init));
    const fault = faultIn(response);
    if (fault !== undefined || response.body === null) {
      await response.body?.cancel();
      return failure(fault ?? "not-json");
    }
    const bytes = await bytesOf(response.body);
    return bytes === undefined ? failure("too-large") : parseJson(bytes);
  };

  return async (url) => {
    try {
      return (await withinTime(read(url), WITHIN_MS)) ?? failure("too-slow");
    } catch (error) {
      return failure(error instanceof Error && error.name === "TimeoutError" ? "too-slow" : "unreachable");
    }
  };
};
