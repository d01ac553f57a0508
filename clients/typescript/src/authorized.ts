/** Sends a call with the client's credentials, and once more where a refusal of those can be remedied. */
import { challengeOf, isTokenRefused, type StepUpChallenge } from "./challenge.ts";
import { isUser, type UserCredentials } from "./credentials.ts";
import { failedResponse } from "./error.ts";
import { type Exchange, isReplayable } from "./request.ts";
import type { Session } from "./session.ts";
import type { Received, Transport } from "./transport.ts";
import { unlessAborted } from "./waiting.ts";

interface AuthorizedOptions {
  transport: Transport;
  session: Session;
  /** Asks for a second factor, and passes it. */
  stepUp?: ((challenge: StepUpChallenge) => Promise<void>) | undefined;
}

const UNAUTHORIZED = 401;

/** Of someone who has no factor that could be passed. */
const NO_FACTOR = "factor-required";

/**
 * Each remedy is tried once: the token that another call has obtained meanwhile, a renewed token, a second factor. After a
 * refusal nothing was done, so every call may be repeated.
 */
export const createAuthorized = ({ transport, session, stepUp }: AuthorizedOptions) => {
  /** Calls that are refused at the same time are asked about once. */
  let asking: Promise<void> | undefined;
  const ask = (pass: NonNullable<typeof stepUp>, challenge: StepUpChallenge): Promise<void> => {
    asking ??= pass(challenge).finally(() => {
      asking = undefined;
    });
    return asking;
  };

  return async (exchange: Exchange): Promise<Received> => {
    const signal = exchange.init.signal ?? undefined;
    const tried = new Set<string>();
    const isFirst = (remedy: string): boolean => tried.size < tried.add(remedy).size;

    const isRemedied = async (used: UserCredentials, { response, text = "" }: Received): Promise<boolean> => {
      const failure = failedResponse(exchange.call, response, text);
      const challenge = challengeOf(response, failure);
      if (challenge === undefined && !isTokenRefused(response)) return false;
      if ((await session.hasOther(used)) && isFirst("other")) return true;
      if (challenge === undefined) return isFirst("renew") && session.renew(used, signal);
      if (!stepUp || failure.code === NO_FACTOR || !isFirst("step-up")) return false;
      await unlessAborted(ask(stepUp, challenge), signal);
      return session.hasOther(used);
    };

    for (;;) {
      const used = await session.current(signal);
      const received = await transport(exchange, used);
      if (received.response.status !== UNAUTHORIZED || !isUser(used) || !isReplayable(exchange)) return received;
      if (!(await isRemedied(used, received))) return received;
    }
  };
};
