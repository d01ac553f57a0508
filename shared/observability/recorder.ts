/**
 * The one recorder of security events: the audit entry, the log line and the count of each are written together, in the
 * same words. Rules call it; routes do not.
 */
import type { AuditAction, Outcome, ReportedAction } from "../contracts/audit.ts";
import { currentRequest, noteReason } from "./context.ts";
import type { Fields, Log } from "./log.ts";
import { countSecurityEvent } from "./security-metrics.ts";

/** What happened. Never a password, a key, a token, a code or a secret's value in it. */
export interface SecurityEvent {
  action: AuditAction;
  outcome: Outcome;
  /** Who did it: a subject, see `contracts/principal.ts`. By default the caller of the request. */
  actor?: string | undefined;
  /** What it was done to, as it is stored: the id of a user, a session or a key, `service:NAME`, the path of a secret. */
  target?: string | undefined;
  /** Why: a code, never what a caller sent. */
  reason?: string | undefined;
  /** By which kind of credential, factor or channel: a code, for the log line and the metrics. */
  method?: string | undefined;
  /** More for the log line alone. */
  detail?: Fields | undefined;
}

/** `unknown`: making the change threw, and it may have been made all the same. */
export type Settlement = "made" | "not-made" | "unknown";

/** Where the entries go. `Entry`: what a change stores in its own transaction. */
export interface AuditSink<Event extends SecurityEvent, Entry> {
  /** The entry of a change that is about to be made. Throws if it cannot be recorded: then the change must not be made. */
  prepare(event: Event): Promise<Entry>;
  /** What became of the change. `note` logs and counts what follows from that. */
  settle(event: Event, settlement: Settlement, note: (event: Event) => void): Promise<void>;
  /** Stores the entry of what changes nothing: an authentication, a read, a refusal. */
  write(event: Event): Promise<void>;
}

export interface Recorder<Event extends SecurityEvent = SecurityEvent, Entry = unknown> {
  /** Records what changes nothing. A success that cannot be recorded throws, and must not be acknowledged. */
  record(event: Event): Promise<void>;
  /**
   * Makes a change that is recorded: `make` stores the entry in its transaction. `isMade` says whether it came about, by
   * default whether the result is neither `false`, `undefined` nor a failed `Result`. Gives what `make` gives.
   */
  change<Value>(
    event: Event,
    make: (entry: Entry) => Promise<Value>,
    isMade?: (value: Value) => boolean,
  ): Promise<Value>;
}

/** An event that the kms accepts from other workers. */
export interface ReportableEvent extends SecurityEvent {
  action: ReportedAction;
}

/** The recorder of a worker that has no audit trail of its own: `http/reporting.ts` makes it. */
export type ReportingRecorder = Recorder<ReportableEvent, undefined>;

const isFailure = (value: unknown): boolean =>
  typeof value === "object" && value !== null && "ok" in value && value.ok === false;

const isSuccess = (value: unknown): boolean => value !== false && value !== undefined && !isFailure(value);

/** Writes the log line of an event, and counts it. */
const noteEvent = (log: Log, event: SecurityEvent): void => {
  const { action, outcome, reason, method, actor: subject, target, detail } = event;
  if (reason !== undefined && outcome !== "success") noteReason(reason);
  const level = outcome === "success" ? "info" : "warn";
  log(level, "security", { action, outcome, reason, method, subject, target, ...detail });
  countSecurityEvent(event);
};

export const createRecorder = <Event extends SecurityEvent, Entry>(
  log: Log,
  sink: AuditSink<Event, Entry>,
): Recorder<Event, Entry> => {
  const byCaller = (event: Event): Event => ({ actor: currentRequest()?.subject, ...event });

  const note = (event: Event): void => noteEvent(log, event);

  return {
    record: async (given) => {
      const event = byCaller(given);
      // A refusal stands whether it can be stored or not; a success that cannot be stored is none.
      if (event.outcome !== "success") note(event);
      await sink.write(event);
      if (event.outcome === "success") note(event);
    },
    change: async (given, make, isMade = isSuccess) => {
      const event = byCaller(given);
      const entry = await sink.prepare(event);
      let settlement: Settlement = "unknown";
      try {
        const value = await make(entry);
        settlement = isMade(value) ? "made" : "not-made";
        if (settlement === "made") note(event);
        return value;
      } finally {
        await sink.settle(event, settlement, note);
      }
    },
  };
};
