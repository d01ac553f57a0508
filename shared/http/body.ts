/**
 * Receives a request's body: once, with every check that does not depend on what is in it. After that, a body is there only
 * if it has a byte, its `Content-Type` is in one form, and its text is UTF-8.
 */
import { decodeUtf8 } from "../lang/utf8.ts";
import { ANY_TYPE, DEFAULT_MAX_BODY_BYTES, type Policy, typesOf } from "../policy/policy.ts";
import { Problem, problem } from "../problem/problem.ts";
import { type MediaType, parseMediaType } from "../semantics/media-type.ts";
import { isBodiless } from "../semantics/method.ts";

/** What a body is that does not say (RFC 9110 §8.3). */
const UNKNOWN_TYPE: MediaType = { type: "application/octet-stream", parameters: new Map() };

/** The encoding that a charset's name stands for in the Encoding standard: `utf-8` for `UTF8`. */
const encodingOf = (charset: string): string | undefined => {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return undefined;
  }
};

/** Refuses with 415 a body whose encoding, media type or charset the route does not take. */
const typeOfBody = (headers: Headers, method: string, policy: Policy): MediaType => {
  const codings = (headers.get("content-encoding") ?? "").toLowerCase().split(/[\s,]+/);
  if (codings.some((coding) => coding !== "" && coding !== "identity"))
    throw problem("unsupported-media-type", {
      detail: "Send the body without Content-Encoding.",
      headers: { "accept-encoding": "identity" },
    });
  const types = typesOf(policy);
  const takesAny = method === "DELETE" || types.includes(ANY_TYPE);
  const sent = headers.get("content-type");
  const media = sent ? parseMediaType(sent) : UNKNOWN_TYPE;
  if (!takesAny && !types.includes(media?.type ?? ""))
    throw problem("unsupported-media-type", {
      detail: `Send the body as Content-Type: ${types.join(", ")}. An operation without a body takes none.`,
    });
  const charset = media?.parameters.get("charset");
  if (charset !== undefined && policy.decodedBy === undefined && encodingOf(charset) !== "utf-8")
    throw problem("unsupported-media-type", { detail: "Send the body in UTF-8." });
  return media ?? UNKNOWN_TYPE;
};

/** The refusal of a body that is longer than its route takes. */
export const tooLarge = (maxBytes: number): Problem =>
  problem("too-large", { detail: `The body must have at most ${maxBytes} bytes.` });

const joined = (pieces: readonly Uint8Array[], length: number): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.byteLength;
  }
  return bytes;
};

interface Limits {
  maxBytes: number;
  /** The refusal of more. */
  tooLong: () => Problem;
  /** Called once, when the first byte is there. */
  onFirstByte: () => void;
}

/** The error of a body that its sender did not finish. */
export const brokenOff = (cause: unknown): never => {
  if (cause instanceof Problem) throw cause;
  throw problem("malformed-request", { detail: "The request body ended unexpectedly.", cause });
};

/** All bytes of a body whose length was not announced. The rest of one that is refused can still be drained. */
const readPieces = async (
  body: ReadableStream<Uint8Array>,
  { maxBytes, tooLong, onFirstByte }: Limits,
): Promise<Uint8Array<ArrayBuffer>> => {
  const reader = body.getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(brokenOff);
      if (done) return joined(pieces, length);
      if (value.byteLength === 0) continue;
      if (length === 0) onFirstByte();
      length += value.byteLength;
      if (length > maxBytes) throw tooLong();
      pieces.push(value);
    }
  } finally {
    reader.releaseLock();
  }
};

/** How many bytes the body has, where that is certain before it is read (RFC 9112 §6.3). */
export const announcedLength = (headers: Headers): number =>
  headers.has("transfer-encoding") ? 0 : Number(headers.get("content-length") ?? 0);

/** As large as a body may be whose hash decides. */
const MAX_HELD_BYTES = 8 * 1024 * 1024;

const tooLargeToConfirm = (): Problem =>
  problem("too-large", {
    detail: `A second factor for one request confirms its body, which must have at most ${MAX_HELD_BYTES} bytes. For a larger one, verify a second factor for the session at POST /twofa/auth/verify.`,
  });

/**
 * A request that is otherwise streamed, with its body in memory as it is, because a rule needs its hash. Refuses with 413 a
 * body that is too large for that or for its route.
 */
export const holdBody = async (
  request: Request,
  { maxBodyBytes = DEFAULT_MAX_BODY_BYTES }: Policy,
): Promise<Request> => {
  const { method, body, headers } = request;
  if (isBodiless(method) || body === null) return request;
  const maxBytes = Math.min(maxBodyBytes, MAX_HELD_BYTES);
  const tooLong = (): Problem => (maxBytes < maxBodyBytes ? tooLargeToConfirm() : tooLarge(maxBytes));
  if (announcedLength(headers) > maxBytes) throw tooLong();
  const bytes = await readPieces(body, { maxBytes, tooLong, onFirstByte: () => {} });
  return new Request(request, { body: bytes });
};

/** The normal form of the type: without parameters, but for the charset where the handler decodes. */
const normalized = ({ type, parameters }: MediaType, { decodedBy }: Policy): string => {
  const charset = decodedBy && parameters.get("charset");
  return charset ? `${type};charset=${charset.toLowerCase()}` : type;
};

/**
 * The request with its whole body in memory, or without one where no byte came, however it was framed. Refuses with 413 what
 * is too large, with 415 what the route does not take, and with 400 what ends early or is not UTF-8 (RFC 8259 §8.1).
 */
export const receiveBody = async (request: Request, policy: Policy): Promise<Request> => {
  const { method, url, body } = request;
  if (isBodiless(method) || body === null) return request;
  const { maxBodyBytes: maxBytes = DEFAULT_MAX_BODY_BYTES } = policy;
  const announced = announcedLength(request.headers);
  if (announced > maxBytes) throw tooLarge(maxBytes);
  const typeOf = (): MediaType => typeOfBody(request.headers, method, policy);
  // A client that expects 100 Continue has a body, and waits to hear whether it is accepted (RFC 9110 §10.1.1).
  const isExpected = request.headers.has("expect") && !request.headers.has("content-length");
  if (announced > 0 || isExpected) typeOf();
  const bytes =
    announced > 0
      ? new Uint8Array(await request.arrayBuffer().catch(brokenOff))
      : await readPieces(body, { maxBytes, tooLong: () => tooLarge(maxBytes), onFirstByte: typeOf });
  const headers = new Headers(request.headers);
  if (bytes.byteLength === 0) {
    headers.delete("content-type");
    return new Request(url, { method, headers });
  }
  if (policy.decodedBy === undefined && decodeUtf8(bytes) === undefined)
    throw problem("malformed-request", { detail: "The body is not valid UTF-8. Send it in UTF-8." });
  headers.set("content-type", normalized(typeOf(), policy));
  return new Request(url, { method, headers, body: bytes });
};
