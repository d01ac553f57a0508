/** Sends webhooks: through the binding to the internet where there is one, which reaches public addresses only. */
import type { Send } from "./webhooks.ts";

const RESPONSE_TIMEOUT_MS = 10_000;

/** A redirect is not followed: its target was not checked. */
export const createSend =
  (internet: Pick<Fetcher, "fetch"> | undefined): Send =>
  async (url, { headers, body }) => {
    const init = {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
    } as const;
    const response = await (internet ? internet.fetch(url, init) : fetch(url, init));
    await response.body?.cancel();
    return response.status;
  };
