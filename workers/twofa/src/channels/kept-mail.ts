/** Keeps mails on the operator's machine, where no mail server is set up: only `npm start` has such a mailbox. */
import { failure, success } from "#shared/lang/result.ts";
import { describeError } from "#shared/observability/log.ts";
import type { Messenger } from "../model/delivery.ts";

const RESPONSE_TIMEOUT_MS = 5_000;

/** Puts each mail into the mailbox as plain text under two lines of a header. */
export const createKeptMessenger =
  (mailbox: Pick<Fetcher, "fetch">): Messenger =>
  async ({ destination, subject, text }) => {
    try {
      const response = await mailbox.fetch("http://mailbox/", {
        method: "POST",
        headers: { "content-type": "text/plain; charset=utf-8" },
        body: `To: ${destination}\nSubject: ${subject}\n\n${text}`,
        redirect: "manual",
        signal: AbortSignal.timeout(RESPONSE_TIMEOUT_MS),
      });
      await response.body?.cancel();
      return response.ok ? success(undefined) : failure("rejected", { cause: `status ${response.status}` });
    } catch (error) {
      return failure("unreachable", { cause: describeError(error) });
    }
  };
