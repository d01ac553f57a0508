import type { OpenAPIHono } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { describeError } from "#shared/observability/log.ts";
import type { ServiceAServices } from "../composition/services.ts";

/** How long an import waits for search, which may be behind or unavailable. */
const IMPORT_LIMIT_MS = 5_000;
const IMPORT = "/scripts";

/**
 * Delivers a call's changes to search once the caller has its response, with those of other calls then. An import, the first thing that a
 * newcomer searches for, is delivered before its response.
 */
export const addDraining = (app: OpenAPIHono<WorkerEnv<ServiceAServices>>): void => {
  app.use(async (context, next) => {
    await next();
    if (context.req.method !== "POST" || !context.res.ok) return;
    const { services, log, template } = context.var;
    const logFailure = (error: unknown): void => log("error", "outbox.stuck", { error: describeError(error) });
    const isImport = template === IMPORT;
    const draining = (isImport ? services.deliver(IMPORT_LIMIT_MS) : services.drainOutbox()).catch(logFailure);
    context.executionCtx.waitUntil(draining);
    if (isImport) await withinTime(draining, IMPORT_LIMIT_MS);
  });
};
