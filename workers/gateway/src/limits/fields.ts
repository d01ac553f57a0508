/** The header fields about limits (draft-ietf-httpapi-ratelimit-headers-11), as structured fields (RFC 9651). */
import type { Outcome } from "./gcra.ts";
import { windowAt } from "./windows.ts";

/** A limit that a call was counted by, and what came of it. */
interface Applied {
  limit: { name: string; limit: number; windowSeconds: number | undefined };
  outcome: Outcome;
}

/** Of the month at hand. */
const monthSeconds = (nowMs: number): number => {
  const { startMs, endMs } = windowAt(undefined, nowMs);
  return (endMs - startMs) / 1000;
};

/** Their names: of the policies, and of what is left of each. */
export const LIMIT_FIELDS = ["ratelimit-policy", "ratelimit"] as const;

/** Adds one member for each limit that applies, in the order in which they were asked. Names of limits need no escape. */
export const addLimitFields = (headers: Pick<Headers, "append">, applied: readonly Applied[], nowMs: number): void => {
  if (applied.length === 0) return;
  let [policies, states] = ["", ""];
  for (const { limit, outcome } of applied) {
    const separator = policies === "" ? "" : ", ";
    policies += `${separator}"${limit.name}";q=${limit.limit};w=${limit.windowSeconds ?? monthSeconds(nowMs)}`;
    states += `${separator}"${limit.name}";r=${Math.max(0, outcome.remaining)};t=${Math.ceil(outcome.waitMs / 1000)}`;
  }
  const [policy, state] = LIMIT_FIELDS;
  headers.append(policy, policies);
  headers.append(state, states);
};

/** When a refused call may be repeated, in whole seconds. */
export const retryAfterSeconds = ({ waitMs }: Outcome): number => Math.max(1, Math.ceil(waitMs / 1000));
