/** The refusals of routes that send codes. */
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { SendingChannel } from "../model/challenge.ts";
import type { DeliveryFailure } from "../model/delivery.ts";
import type { NotSent } from "../sent-codes/sending.ts";

/** For a provider that says "later" without saying when. */
const RETRY_LATER_SECONDS = "60";

const PROVIDERS: Record<SendingChannel, string> = { email: "The mail server", sms: "The text message provider" };

const FAULTS: Record<DeliveryFailure, string> = {
  "no-such-destination": "cannot deliver to this destination. Use another factor.",
  "rate-limited": "accepts no messages right now. Retry in a minute, or use another factor.",
  rejected: "refused the message, and the log has the reason. Use another factor, and inform the operator.",
  unreachable: "is not responding. Retry later, or use another factor.",
  timeout: "did not confirm the message in time. Request another code, or use another factor.",
};

/** The problem of a message that did not go out; none of them keeps other factors from being used. */
export const notSent = (channel: SendingChannel, error: NotSent): Problem => {
  switch (error.kind) {
    case "channel-unavailable":
      return problem("channel-unavailable", {
        detail: `This installation does not send codes by ${channel}. Use another factor. Operators: see docs/second-factor.md.`,
      });
    case "too-many-sends":
      return problem("too-many-attempts", {
        detail: "Too many codes were sent within an hour. Retry after the time in Retry-After, or use another factor.",
        headers: { "retry-after": String(error.retryAfterSeconds) },
      });
    case "undelivered":
      return problem("delivery-failed", {
        detail: `${PROVIDERS[channel]} ${FAULTS[error.reason]}`,
        ...(error.reason === "rate-limited" && { headers: { "retry-after": RETRY_LATER_SECONDS } }),
      });
  }
};
