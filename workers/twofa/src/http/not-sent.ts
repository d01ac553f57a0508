/** The refusals of routes that send codes. */
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { SendingChannel } from "../model/challenge.ts";
import type { DeliveryFailure } from "../model/delivery.ts";
import type { NotSent } from "../sent-codes/sending.ts";

/** For a provider that says "later" without saying when. */
const RETRY_LATER_SECONDS = "60";

const PROVIDERS: Record<SendingChannel, string> = { email: "The mail server", sms: "The provider of text messages" };

const FAULTS: Record<DeliveryFailure, string> = {
  "no-such-destination": "says that nothing can be delivered there: use another factor.",
  "rate-limited": "takes no message right now: try again in a minute, or use another factor.",
  rejected: "refused the message. The operator finds the reason in the log; use another factor until then.",
  unreachable: "does not answer: try again shortly, or use another factor.",
  timeout: "did not say in time whether it took the message: ask for another code, or use another factor.",
};

/** The problem of a message that did not go out; none of them keeps other factors from being used. */
export const notSent = (channel: SendingChannel, refusal: NotSent): Problem => {
  switch (refusal.outcome) {
    case "channel-unavailable":
      return problem("channel-unavailable", {
        detail: `This Fountain sends no codes by ${channel}: use another factor. Operators find out how in docs/second-factor.md.`,
      });
    case "too-many-sends":
      return problem("too-many-attempts", {
        detail: "Too many codes were sent within the hour. Wait as long as Retry-After says, or use another factor.",
        headers: { "retry-after": String(refusal.retryAfterSeconds) },
      });
    case "undelivered":
      return problem("delivery-failed", {
        detail: `${PROVIDERS[channel]} ${FAULTS[refusal.failure]}`,
        ...(refusal.failure === "rate-limited" && { headers: { "retry-after": RETRY_LATER_SECONDS } }),
      });
  }
};
