/** Reads the unused rest of a request's body, so that its connection can carry the next request. */

/** Four times the largest body that any route accepts: a caller that sends more may lose the connection. */
const MAX_DRAINED_BYTES = 32 * 1024 * 1024;
/** A refusal does not wait longer than this for a body that is slow to come. */
const MAX_DRAIN_MS = 2_000;

/** How a worker takes a request in. */
export type Receive = (request: Request) => {
  request: Request;
  /**
   * Discards what was not read of the body; none where there is no body. False: there is more of it, so that the connection
   * is of no further use.
   */
  rest: (() => Promise<boolean>) | undefined;
};

const isTooLong = (headers: Headers): boolean => Number(headers.get("content-length")) > MAX_DRAINED_BYTES;

/**
 * Discards what comes from this reader of a request's body, within the bounds. A caller that expects 100 Continue sends
 * nothing before it has its response (RFC 9110 §10.1.1), so it is not waited for.
 */
export const drainReader = async (
  reader: { read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>; cancel(): Promise<void> },
  headers: Headers,
): Promise<boolean> => {
  if (isTooLong(headers)) return false;
  let isLate = false;
  const giveUp = (): Promise<void> => {
    isLate = true;
    return reader.cancel();
  };
  const timer = setTimeout(giveUp, headers.has("expect") ? 0 : MAX_DRAIN_MS);
  try {
    for (let drained = 0; drained <= MAX_DRAINED_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return !isLate;
      drained += value?.byteLength ?? 0;
    }
  } catch {
    // It broke off: there is no connection left to save.
  } finally {
    clearTimeout(timer);
  }
  return false;
};

/**
 * Discards the unread body. workerd closes a connection whose response is sent before its body is read, without notice: a
 * caller still sending would see a broken connection in place of the refusal, and the next request on it would fail.
 */
export const drain = async ({ body, headers }: Request): Promise<boolean> =>
  !body || body.locked || drainReader(body.getReader(), headers);
