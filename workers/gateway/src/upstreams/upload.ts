/** Passes the body of a request on as it comes, at the pace at which the upstream takes it. */
import { announcedLength, brokenOff, tooLarge } from "#shared/http/body.ts";
import { Problem } from "#shared/problem/problem.ts";

export interface Upload {
  /** What is sent; with its length, where that was announced. */
  body: ReadableStream<Uint8Array> | null;
  /** Rejects with what the caller did wrong, so that the body is not sent to its end; otherwise it stays pending. */
  broken: Promise<never>;
  /** Since when the upstream has been waited for, in milliseconds since the epoch; `undefined`: the caller is. */
  waitingSinceMs(): number | undefined;
}

export interface UploadOptions {
  maxBytes: number;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** A stream that sends its length where it is certain, and the end of what is written to it. */
const channelFor = (headers: Headers): TransformStream<Uint8Array, Uint8Array> => {
  const length = headers.has("transfer-encoding") ? null : headers.get("content-length");
  return length === null ? new IdentityTransformStream() : new FixedLengthStream(Number(length));
};

/** Begins to pass on the body. Throws the problem `too-large` if its announced length is. */
export const startUpload = (
  { body, headers }: Pick<Request, "body" | "headers">,
  { maxBytes, now }: UploadOptions,
): Upload => {
  let waitingSinceMs: number | undefined = now();
  if (body === null) return { body, broken: new Promise(() => {}), waitingSinceMs: () => waitingSinceMs };
  if (announcedLength(headers) > maxBytes) throw tooLarge(maxBytes);
  const { readable, writable } = channelFor(headers);
  const reader: ReadableStreamDefaultReader<Uint8Array> = body.getReader();
  const writer = writable.getWriter();
  const { promise: broken, reject: breakOff } = Promise.withResolvers<never>();
  broken.catch(() => {});

  const read = async () => {
    waitingSinceMs = undefined;
    const piece = await reader.read().catch(brokenOff);
    waitingSinceMs = now();
    return piece;
  };
  const passOn = async (): Promise<void> => {
    for (let sent = 0; ; ) {
      const { done, value } = await read();
      if (done) return writer.close();
      sent += value.byteLength;
      if (sent > maxBytes) throw tooLarge(maxBytes);
      await writer.write(value);
      waitingSinceMs = now();
    }
  };
  passOn()
    .catch((error: unknown) => {
      // Any other error is that of the upstream, which takes no more.
      if (error instanceof Problem) breakOff(error);
      waitingSinceMs = now();
      // Breaks the request to the upstream off, if it is still under way.
      return writer.abort(error);
    })
    .catch(() => {})
    .finally(() => reader.releaseLock());
  return { body: readable, broken, waitingSinceMs: () => waitingSinceMs };
};
