/** How attempts and calls of an upstream end, and what the caller gets. */
import { noteReason } from "#shared/observability/context.ts";
import { countUpstreamCall, type UpstreamOutcome } from "#shared/observability/upstream-metrics.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { TargetCall } from "../ports.ts";
import type { Verdict } from "./breaker.ts";

/** Statuses with which a server in front of the service says that it did not respond, or the service that it cannot now. */
const GATEWAY_ERRORS: ReadonlySet<number> = new Set([502, 503, 504]);

/** How an attempt ended. `unreached`: no connection was made, and so nothing was sent. */
export type Outcome =
  | { kind: "ok" | "gateway-error"; response: Response }
  | { kind: "unreached" }
  | { kind: "lost"; cause: unknown }
  | { kind: "late" };

/** The outcome of a response, and of none in time. A service's own 500 is an ordinary response: callers may bring it about. */
export const outcomeOf = (response: Response | undefined): Outcome => {
  if (response === undefined) return { kind: "late" };
  return { kind: GATEWAY_ERRORS.has(response.status) ? "gateway-error" : "ok", response };
};

/** What the outcome says about the server. */
export const verdictOf = ({ kind }: Outcome, { hasBody }: Pick<TargetCall, "hasBody">): Verdict => {
  if (kind === "ok") return "good";
  // Of a body it may be the caller that broke off: no caller can put a target out like that.
  return hasBody && kind === "lost" ? "unknown" : "failed";
};

/** The problem of a call that is not sent, in which the caller learns when to come back. */
export const refusal = (
  upstream: string,
  outcome: UpstreamOutcome,
  { retryAfterMs, detail }: { retryAfterMs: number; detail: string },
): Problem => {
  noteReason(outcome);
  countUpstreamCall(upstream, outcome);
  const headers = { "retry-after": String(Math.max(1, Math.ceil(retryAfterMs / 1000))) };
  return problem("unavailable", {
    detail: `${detail} Nothing was sent. Retry after the time in Retry-After.`,
    headers,
  });
};

/** The response; throws the problem that the caller gets instead. */
export const responseOf = (outcome: Outcome, name: string): Response => {
  switch (outcome.kind) {
    case "ok":
    case "gateway-error":
      return outcome.response;
    case "unreached":
      throw problem("unavailable", {
        detail: "The service cannot be reached. Nothing was sent. Retry after the time in Retry-After.",
        cause: new Error(`no connection to ${name}`),
      });
    case "lost":
      throw problem("bad-gateway", {
        detail: "The connection failed or the service sent no valid response. The request may have taken effect.",
        cause: outcome.cause,
      });
    case "late":
      throw problem("gateway-timeout", {
        detail: "The service did not respond in time, and the request may have taken effect.",
        cause: new Error(`${name} did not respond in time`),
      });
  }
};
