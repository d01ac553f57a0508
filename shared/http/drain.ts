/** Reads the unused rest of a request's body, so that its connection can carry the next request. */

/** Four times the largest body that any route accepts: a caller that sends more may lose the connection. */
const MAX_DRAINED_BYTES = 32 * 1024 * 1024;
/** A refusal does not wait longer than this for a body that is slow to come. */
const MAX_DRAIN_MS = 2_000;

/**
 * Discards the unread body, within its bounds. workerd closes a connection whose response is sent before its body is
 * read, without notice: a caller still sending would see a broken connection in place of the refusal, and the next
 * request on it would fail.
 */
export const drain = async ({ body, headers }: Request): Promise<void> => {
  if (!body || body.locked || Number(headers.get("content-length")) > MAX_DRAINED_BYTES) return;
  const reader = body.getReader();
  const timer = setTimeout(() => reader.cancel(), MAX_DRAIN_MS);
  try {
    for (let drained = 0; drained <= MAX_DRAINED_BYTES; ) {
      const { done, value } = await reader.read();
      if (done) return;
      drained += value.byteLength;
    }
  } catch {
    // It broke off: there is no connection left to save.
  } finally {
    clearTimeout(timer);
  }
};
