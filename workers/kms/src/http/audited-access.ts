/** What happens around every request for the audit trail: refusals are recorded, and entries linked after the response. */
import type { MiddlewareHandler } from "hono";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { currentRequest } from "#shared/observability/context.ts";
import { describeError } from "#shared/observability/log.ts";
import { PROBLEMS } from "#shared/problem/catalogue.ts";
import { Problem } from "#shared/problem/problem.ts";
import type { KmsServices } from "../composition/services.ts";
import type { KmsContext } from "./context.ts";

const REFUSALS = new Set([401, 403]);

/** Records a refusal, unless the rule that refused has done so. A caller without any credential is recorded nowhere. */
const recordRefusal = async (context: KmsContext, error: unknown): Promise<void> => {
  if (!(error instanceof Problem) || !REFUSALS.has(PROBLEMS[error.code].status)) return;
  const { template } = context.var;
  const reason = currentRequest()?.reason ?? error.code;
  const isRecorded = context.error !== undefined && reason !== error.code;
  const isAnonymous = error.code === "unauthenticated" && !context.req.header("authorization");
  if (isRecorded || isAnonymous) return;
  const target = `${context.req.method} ${template}`;
  try {
    await context.var.services.recorder.record({ action: "access.refuse", outcome: "refused", target, reason });
  } catch (failure) {
    // It stays a refusal, and its log line is written.
    if (!isUnavailable(failure)) throw failure;
    context.var.log("error", "audit.lost", { error: describeError(failure) });
  }
};

/** The access check, audited. */
export const auditedAccess =
  (check: MiddlewareHandler<WorkerEnv<KmsServices>>): MiddlewareHandler<WorkerEnv<KmsServices>> =>
  async (context, next) => {
    const { services, log } = context.var;
    const logFailure = (error: unknown): void => log("error", "audit.behind", { error: describeError(error) });
    try {
      await check(context, next);
      await recordRefusal(context, context.error);
    } catch (error) {
      await recordRefusal(context, error);
      throw error;
    } finally {
      context.executionCtx.waitUntil(services.auditLog.sealSoon().catch(logFailure));
    }
  };
