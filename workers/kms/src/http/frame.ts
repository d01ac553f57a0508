import type { Context } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import type { KmsServices } from "../composition/services.ts";

export type KmsContext = Context<WorkerEnv<KmsServices>>;

/** Responses with a token or a key in them are kept by no cache (RFC 6749 §5.1). */
export const NO_STORE = { "cache-control": "no-store", pragma: "no-cache" };

const RETRY_AFTER_SECONDS = "5";

/** The response when more passwords wait to be checked than can be in time. */
export const tooBusy = (): Problem =>
  problem("unavailable", {
    detail: "Too many passwords are being checked at the moment. Retry after the time in Retry-After.",
    headers: { "retry-after": RETRY_AFTER_SECONDS },
  });
