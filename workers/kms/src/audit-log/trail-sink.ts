/** Connects the recorder of security events to the audit trail. */
import type { AuditTrail } from "../audit/audit.ts";
import type { TrailSink } from "../audit/audit-entry.ts";
import { TrailBehind } from "./audit-mark.ts";
import { expectEntry, type TrailState } from "./trail-state.ts";

export const createTrailSink = (audit: AuditTrail, state: TrailState): TrailSink => ({
  prepare: audit.prepare,
  settle: async (event, settlement) => {
    if (settlement !== "not-made") expectEntry(state, event);
  },
  write: audit.write,
});

/** For those who read the trail itself: they must be able to above all when it lacks entries and cannot be written. */
export const storingIfWritable = (sink: TrailSink): TrailSink => ({
  ...sink,
  write: async (event) => {
    try {
      await sink.write(event);
    } catch (error) {
      if (!(error instanceof TrailBehind)) throw error;
    }
  },
});
