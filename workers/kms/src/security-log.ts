/** Writes security events as log lines, one each. */
import type { Log } from "#shared/observability/log.ts";
import type { RecordEvent } from "./domain/security-event.ts";

export const createRecorder =
  (log: Log): RecordEvent =>
  (event) =>
    log(event.outcome === "success" ? "info" : "warn", "security", { ...event });
