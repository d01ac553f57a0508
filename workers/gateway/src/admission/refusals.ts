/** Records refused callers in the audit trail where the gateway knows them; strangers are in the log alone. */
import type { MiddlewareHandler } from "hono";
import type { BaseServices, WorkerEnv } from "#shared/http/worker-env.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import { Problem } from "#shared/problem/problem.ts";
import { callingService, type UsageCounter } from "./key-usage.ts";

interface RecordingServices extends BaseServices {
  recorder: Pick<ReportingRecorder, "record">;
  usage: UsageCounter;
}

type Stage<Services extends RecordingServices> = MiddlewareHandler<WorkerEnv<Services>>;

const RECORDED = new Set(["forbidden", "step-up-required", "factor-required"]);

/** The pipeline, whose refusals are recorded without keeping the caller waiting. */
export const recordingRefusals =
  <Services extends RecordingServices>(pipeline: Stage<Services>): Stage<Services> =>
  async (context, next) => {
    try {
      return await pipeline(context, next);
    } catch (error) {
      const principal = context.get("principal");
      if (error instanceof Problem && principal && RECORDED.has(error.code)) {
        const target = `${context.req.method} ${context.get("template")}`;
        const refusal = { action: "access.refuse", outcome: "refused", target, reason: error.code } as const;
        context.get("services").usage.count(callingService(principal), "refused");
        context.executionCtx.waitUntil(context.get("services").recorder.record(refusal));
      }
      throw error;
    }
  };
