/** Reports refused callers to the audit trail where the gateway knows them; strangers are in the log alone. */
import type { MiddlewareHandler } from "hono";
import type { ReportableEvent } from "#shared/http/reporting.ts";
import type { BaseServices, WorkerEnv } from "#shared/http/worker-env.ts";
import { Problem } from "#shared/problem/problem.ts";

/** Reports a refusal, without keeping the caller waiting for it. */
export type ReportRefusal = (event: ReportableEvent) => void;

interface ReportingServices extends BaseServices {
  reportRefusal: ReportRefusal;
}

type Access<Services extends ReportingServices> = MiddlewareHandler<WorkerEnv<Services>>;

const REPORTED = new Set(["forbidden", "step-up-required", "factor-required"]);

/** The access check, whose refusals are reported. */
export const reportingRefusals =
  <Services extends ReportingServices>(access: Access<Services>): Access<Services> =>
  async (context, next) => {
    try {
      return await access(context, next);
    } catch (error) {
      const { principal, template, services } = context.var;
      if (error instanceof Problem && principal && REPORTED.has(error.code))
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
