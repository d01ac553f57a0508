/** Has the audit trail told of callers whom the gateway knows and refuses; strangers are in the log alone. */
import type { MiddlewareHandler } from "hono";
import type { ReportedEvent } from "#shared/contracts/audit.ts";
import type { WorkerEnv } from "#shared/http/app.ts";
import { Problem } from "#shared/problem/problem.ts";
import type { GatewayServices } from "./services.ts";

type Gated = MiddlewareHandler<WorkerEnv<GatewayServices>>;

/** Tells of a refusal, without keeping the caller waiting for it. */
export type ReportRefusal = (event: ReportedEvent) => void;

const TOLD = new Set(["forbidden", "step-up-required", "factor-required"]);

/** The access check, whose refusals are told. */
export const reportingRefusals =
  (access: Gated): Gated =>
  async (context, next) => {
    try {
      return await access(context, next);
    } catch (error) {
      const { principal, template, services } = context.var;
      if (error instanceof Problem && principal && TOLD.has(error.code))
        services.reportRefusal({
          action: "access.refuse",
          outcome: "refused",
          actor: principal.subject,
          target: `${context.req.method} ${template}`,
          reason: error.code,
        });
      throw error;
    }
  };
