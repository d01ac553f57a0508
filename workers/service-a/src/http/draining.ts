import type { OpenAPIHono } from "@hono/zod-openapi";
import type { WorkerEnv } from "#shared/http/worker-env.ts";
import { describeError } from "#shared/observability/log.ts";
import type { ServiceAServices } from "../composition/services.ts";

/** Starts delivering a call's changes to search as soon as the caller has its response. */
export const addDraining = (app: OpenAPIHono<WorkerEnv<ServiceAServices>>): void => {
  app.use(async (context, next) => {
    await next();
    if (context.req.method !== "POST" || !context.res.ok) return;
    const { services, log } = context.var;
    const logFailure = (error: unknown): void => log("error", "outbox.stuck", { error: describeError(error) });
    context.executionCtx.waitUntil(services.drainOutbox().catch(logFailure));
  });
};
