/**
 * The text of an uploaded file. A byte order mark says its charset, else the `charset` of `Content-Type` does, else it is
 * UTF-8 (https://encoding.spec.whatwg.org/#decode). Nothing is replaced: bytes that are not of the charset are a failure.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Steps } from "#shared/lang/steps.ts";
import { parseMediaType } from "#shared/semantics/media-type.ts";
import { countLines } from "./lines.ts";

/** The charsets that can be named, as messages list them. */
export const CHARSETS = "UTF-8, UTF-16, UTF-16LE, UTF-16BE, ISO-8859-1, windows-1252";

type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";

/** With the other names that are in use. Browsers read ISO-8859-1 as windows-1252 too, which has the same letters and, for its control characters, quotes. */
const ENCODINGS: ReadonlyMap<string, Encoding> = new Map([
  ["utf-8", "utf-8"],
  ["utf8", "utf-8"],
  ["us-ascii", "utf-8"],
  ["ascii", "utf-8"],
  ["utf-16le", "utf-16le"],
  ["utf-16be", "utf-16be"],
  ["iso-8859-1", "windows-1252"],
  ["iso8859-1", "windows-1252"],
  ["iso_8859-1", "windows-1252"],
  ["latin1", "windows-1252"],
  ["l1", "windows-1252"],
  ["windows-1252", "windows-1252"],
  ["cp1252", "windows-1252"],
  ["x-cp1252", "windows-1252"],
]);
/** Their byte order is known by a byte order mark only. */
const UTF_16: ReadonlySet<string> = new Set(["utf-16", "utf16"]);

const BYTE_ORDER_MARKS: readonly (readonly [Encoding, readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16le", [0xff, 0xfe]],
  ["utf-16be", [0xfe, 0xff]],
];

export type CharsetFailure =
  /** It is none of {@link CHARSETS}. */
  | { kind: "unknown-charset"; charset: string }
  /** UTF-16 that does not say which byte of two is the first. */
  | { kind: "no-byte-order" }
  /** The first line, from 1, with bytes that the charset does not have. */
  | { kind: "malformed"; charset: string; line: number };

/** The charset that a `Content-Type` names, in lower case; empty when it names none. */
const charsetOf = (contentType: string): string =>
  parseMediaType(contentType)?.parameters.get("charset")?.toLowerCase() ?? "";

const encodingOf = (bytes: Uint8Array, charset: string): Result<Encoding, CharsetFailure> => {
  const encoding = charset === "" ? "utf-8" : ENCODINGS.get(charset);
  if (encoding === undefined && !UTF_16.has(charset)) return failure("unknown-charset", { charset });
  const marked = BYTE_ORDER_MARKS.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];
  const known = marked ?? encoding;
  return known === undefined ? failure("no-byte-order") : success(known);
};

/** The text of the first bytes of more; `undefined`: they are not of the encoding. */
const beginningOf = (encoding: Encoding, bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes, { stream: true });
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
};

/** The line of the first byte that does not decode: the longest beginning that does ends there. */
function* faultyLine(encoding: Encoding, bytes: Uint8Array): Steps<number> {
  let [good, bad] = [0, bytes.length + 1];
  while (good + 1 < bad) {
    const middle = Math.floor((good + bad) / 2);
    if (beginningOf(encoding, bytes.subarray(0, middle)) === undefined) bad = middle;
    else good = middle;
    yield middle;
  }
  return yield* countLines(beginningOf(encoding, bytes.subarray(0, good)) ?? "");
}

/** Bytes that are decoded in one step: together they take the thread too long. */
const PIECE_BYTES = 262_144;

/** The text without its byte order mark; `undefined`: the bytes are not of the encoding. */
function* decodedInPieces(encoding: Encoding, bytes: Uint8Array): Steps<string | undefined> {
  const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: false });
  const pieces: string[] = [];
  try {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      pieces.push(decoder.decode(bytes.subarray(at, at + PIECE_BYTES), { stream: true }));
      yield PIECE_BYTES;
    }
    pieces.push(decoder.decode());
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
  return pieces.join("");
}

/** The text of these bytes, which came with this `Content-Type`. */
export function* decodeText(bytes: Uint8Array, contentType: string): Steps<Result<string, CharsetFailure>> {
  const encoding = encodingOf(bytes, charsetOf(contentType));
  if (!encoding.ok) return encoding;
  const text = yield* decodedInPieces(encoding.value, bytes);
  if (text !== undefined) return success(text);
  return failure("malformed", { charset: encoding.value, line: yield* faultyLine(encoding.value, bytes) });
}
