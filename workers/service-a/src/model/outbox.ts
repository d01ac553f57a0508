/**
 * Delivers changes to search: at least once, and per element in order. A row of the outbox only says that an element
 * changed; what is sent is the element as it is then, so that a late row can never restore an older state. The caller
 * that drains holds a lease, so that no two deliveries overlap.
 */
import type { ElementDocument, SearchRpc, SyncOperation } from "#shared/contracts/search.ts";
import { withinTime } from "#shared/lang/deadline.ts";
import { unwrap } from "#shared/lang/result.ts";
import type { Element } from "./element.ts";

const LEASE_MS = 20_000;
/** Well below the lease: a delivery without a response may still be in progress until the lease expires. */
const DELIVERY_TIMEOUT_MS = 8_000;
/** What is left after this long is for the next run. */
const RUN_MS = 20_000;
/** So long after a call that changed something the changes of other calls join it, and a delivery pauses for them. */
const GATHER_MS = 50;
/** A call that was cancelled while it gathered keeps others from draining for no longer. */
const GATHER_LIMIT_MS = 4 * GATHER_MS;
const BACKOFF_MS = 1_000;
const MAX_BACKOFF_MS = 60_000;
/** A change that search has refused so often is a dead letter: it waits for the operator. */
export const MAX_ATTEMPTS = 20;
const MAX_REFUSAL_LENGTH = 200;

/** A row of the outbox, with its element as it is now. */
export interface Change {
  rowId: number;
  attempts: number;
  element: Element;
}

/** A row that search did not take, and why; it is tried again at its time, unless it is a dead letter by then. */
export interface Refused {
  rowId: number;
  /** With this one. */
  attempts: number;
  nextAttemptAtMs: number;
  refusal: string;
}

/** What became of the last delivery. */
export interface Outcome {
  deliveredIds: number[];
  refused: Refused[];
}

/** What is left to deliver, since when, and what is not delivered any more. */
export interface Backlog {
  depth: number;
  oldestAtMs: number | undefined;
  deadLetters: number;
}

/** What a run begins with. */
export interface TakenChanges {
  changes: Change[];
  /** Runs in a row before this one that found search unavailable. */
  failures: number;
}

/** Each takes one request to the database. */
export interface OutboxStore {
  /** Takes the lease and gives the first changes; `undefined` if nothing is due, or the lease is paused or someone else's. */
  take(holder: string, nowMs: number, untilMs: number): Promise<TakenChanges | undefined>;
  /**
   * Records the outcome, and gives the next changes with a prolonged lease; none when nothing is due, and the lease is
   * released; `undefined` when it is lost. What has reached search buries the dead letters of the same element: search has
   * a later state than theirs.
   */
  advance(holder: string, outcome: Outcome, nowMs: number, untilMs: number): Promise<Change[] | undefined>;
  /** Releases the lease; no isolate can take it before this instant. */
  pause(holder: string, untilMs: number, failures: number): Promise<void>;
  backlog(): Promise<Backlog>;
}

export interface WaitingChanges {
  /** The newest change that search has not had yet; `undefined` if it has had all. */
  newest(): Promise<number | undefined>;
  /** Whether a change up to this one has not been sent to search yet. */
  isWaiting(upTo: number): Promise<boolean>;
}

export interface DrainOptions {
  outbox: OutboxStore;
  search: SearchRpc;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  newHolder: () => string;
  /** From 0 up to 1. */
  random: () => number;
  warn: (event: string, fields: Record<string, string | number>) => void;
}

/** All but tabs and line feeds. */
const CONTROL_CHARACTERS = /[^\P{Cc}\t\n]+/gu;

/** The element as search knows it: control characters are no words, and six times as long in JSON. */
export const documentOf = (element: Element): ElementDocument => ({
  id: `${element.elementType}-${element.elementId}`,
  element_type: element.elementType,
  element_id: element.elementId,
  sequence_number: element.sequenceNumber,
  version_number: element.versionNumber,
  comment: element.comment,
  text: element.text.replaceAll(CONTROL_CHARACTERS, " "),
  ...(element.scriptId !== null && { script_id: element.scriptId }),
  service_name: "service-a",
  updated_at: Math.floor(element.updatedAtMs / 1000),
});

/** How long to wait after so many failures: doubling, to a minute at most, and half of it by chance. */
export const backoffMs = (failures: number, random: number): number =>
  Math.round(Math.min(BACKOFF_MS * 2 ** failures, MAX_BACKOFF_MS) * (0.5 + random / 2));

/** What search says of a document, as far as a row can hold it. */
const refusalOf = (error = "no result for this document"): string =>
  error.slice(0, MAX_REFUSAL_LENGTH).replaceAll("\0", "").toWellFormed();

/** Each does nothing if this isolate or another one is draining. Rejects if our database is unavailable. */
export interface Draining {
  /** Drains the outbox. */
  drain(): Promise<void>;
  /** The same a moment later, so that calls at the same time share the delivery of their changes. */
  drainSoon(): Promise<void>;
}

export const createDrain = (options: DrainOptions): Draining => {
  const { outbox, search, now, sleep, newHolder, random, warn } = options;
  /** Spares the database the question while this isolate drains; an instant, lest a cancelled run block it for ever. */
  let busyUntilMs = Number.NEGATIVE_INFINITY;
  /** The same for every run, so that a run that lost the database can continue as soon as it is back. */
  let holder = newHolder();
  /** Until then another call is about to drain; an instant, for the same reason. */
  let gatheringUntilMs = Number.NEGATIVE_INFINITY;
  /** A run was requested since the last look: the caller's commit may not have been seen. */
  let isWanted = false;

  /** `undefined`: search is unavailable. `no-answer`: it may still apply what was sent. */
  const deliver = async (changes: Change[]): Promise<Outcome | "no-answer" | undefined> => {
    const documents = new Map(changes.map(({ element }) => documentOf(element)).map((one) => [one.id, one]));
    const operations = [...documents.values()].map((document): SyncOperation => ({ operation: "update", document }));
    const answer = await withinTime(search.sync(operations), DELIVERY_TIMEOUT_MS).then(
      (results) => results ?? "no-answer",
      (error: unknown) => {
        warn("outbox.failed", { error: String(error) });
        return undefined;
      },
    );
    if (answer === "no-answer") return answer;
    if (answer === undefined) return undefined;
    const results = new Map(unwrap(answer).map((result) => [result.id, result]));
    const outcome: Outcome = { deliveredIds: [], refused: [] };
    for (const { rowId, attempts, element } of changes) {
      const result = results.get(documentOf(element).id);
      if (result?.success) outcome.deliveredIds.push(rowId);
      else
        outcome.refused.push({
          rowId,
          attempts: attempts + 1,
          nextAttemptAtMs: now() + backoffMs(attempts, random()),
          refusal: refusalOf(result?.error),
        });
    }
    return outcome;
  };

  const warnOf = ({ refused }: Outcome): void => {
    if (refused.length > 0) warn("outbox.refused", { changes: refused.length });
    const deadLetters = refused.filter(({ attempts }) => attempts >= MAX_ATTEMPTS).length;
    if (deadLetters > 0) warn("outbox.dead-letters", { changes: deadLetters });
  };

  const look = (): [holder: string, nowMs: number, untilMs: number] => {
    isWanted = false;
    busyUntilMs = now() + LEASE_MS;
    return [holder, now(), busyUntilMs];
  };

  const run = async ({ changes: first, failures }: TakenChanges, stopAtMs: number): Promise<void> => {
    for (let changes = first; changes.length > 0; ) {
      if (now() >= stopAtMs) return outbox.pause(holder, now(), 0);
      const delivered = await deliver(changes);
      if (delivered === "no-answer") {
        holder = newHolder();
        return warn("outbox.no-answer", { changes: changes.length });
      }
      if (delivered === undefined) {
        warn("outbox.paused", { failures: failures + 1 });
        return outbox.pause(holder, now() + backoffMs(failures, random()), failures + 1);
      }
      warnOf(delivered);
      if (isWanted) await sleep(GATHER_MS);
      const [leaseholder, nowMs, untilMs] = look();
      changes = (await outbox.advance(leaseholder, delivered, nowMs, untilMs)) ?? [];
    }
  };

  const drain = async (): Promise<void> => {
    isWanted = true;
    if (now() < busyUntilMs) return;
    const stopAtMs = now() + RUN_MS;
    try {
      while (isWanted && now() < stopAtMs) {
        const taken = await outbox.take(...look());
        if (taken) await run(taken, stopAtMs);
      }
    } finally {
      busyUntilMs = Number.NEGATIVE_INFINITY;
    }
  };

  return {
    drain,
    drainSoon: async () => {
      isWanted = true;
      if (now() < Math.max(busyUntilMs, gatheringUntilMs)) return;
      gatheringUntilMs = now() + GATHER_LIMIT_MS;
      await sleep(GATHER_MS);
      gatheringUntilMs = Number.NEGATIVE_INFINITY;
      await drain();
    },
  };
};
