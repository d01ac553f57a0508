/**
 * The queue of work that hashes a password. As many pieces run at a time as can be computed at a time; the others wait:
 * callers from known places before strangers, and of each place the first before the second of any other. What could not
 * begin within the bound is refused at once, before any work.
 *
 * The order depends on where a caller is, never on whose password it is: so the time until a response says nothing about
 * an account.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";

/** With the time that the hashing itself may take, below the ten seconds that the gateway waits for a response. */
export const MAX_WAIT_MS = 5_000;
/** So many requests of one group may wait or run: an office that logs in behind one address is no flood. */
export const MAX_PER_GROUP = 32;
/** Of all groups, those that are only imitated included; strangers take no place from callers from known places. */
export const MAX_ENTRIES = 500;
/** What waits looks after so long for each that goes before it, whether its turn has come; no other request may wake it. */
const LOOK_MS = 5;
/** It looks at least so often, and says by it that it is still there; a request that was cancelled does not. */
const MAX_PAUSE_MS = 250;
const GONE_AFTER_MS = 1_000;
/** A request that is cancelled while its work runs never says that it has ended; the next one starts after this time. */
const LEASE_MS = 2_000;

/** Who asks for work. */
export interface Caller {
  /** A network, or a user who is logged in. */
  group: string;
  /** All kinds of callers look like this one, as those of a proxy that does not name them: as many as come. */
  isShared: boolean;
  /** Goes before strangers. */
  isKnown: boolean;
}

/** It could not begin in time; by then it might. */
export interface Busy {
  kind: "busy";
  retryAfterSeconds: number;
}

export interface HashingQueue {
  /** What the work gives, `undefined` where there was nothing to hash; `busy` when it was not started. */
  run<Value>(caller: Caller, work: () => Promise<Value>): Promise<Result<Value, Busy>>;
  /**
   * Takes as long as `run` would for this caller, and has the same outcome, but delays no other work: only what else is
   * imitated for the same group. `probe` runs instead of the work. With `waiting: false` there is no wait.
   */
  imitate(caller: Caller, part: { waiting: boolean; probe: () => Promise<void> }): Promise<Result<undefined, Busy>>;
}

export interface HashingQueueOptions {
  /** How many pieces of work can be computed at a time. */
  lanes: number;
  /** How long a lane stays free after each piece, for all other work of its thread. */
  pauseMs: number;
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

/** What a piece of work takes until some have been measured. */
const USUAL_WORK_MS = 50;
/** So many of the last ones that hashed are remembered: one that took longer than the others does not count. */
const MEASURED = 5;

interface Entry {
  caller: Caller;
  isImitation: boolean;
  /** How many of the group were there when it came. */
  rank: number;
  isRunning: boolean;
  /** From then on it does not count. */
  expiresAtMs: number;
}

const goesBefore = (one: Entry, other: Entry): boolean => {
  if (one.isRunning !== other.isRunning) return one.isRunning;
  if (one.caller.isKnown !== other.caller.isKnown) return one.caller.isKnown;
  return one.rank < other.rank;
};

const holdsUp = (one: Entry, other: Entry): boolean =>
  !one.isImitation || (other.isImitation && one.caller.group === other.caller.group);

export const createHashingQueue = ({ lanes, pauseMs, now, sleep }: HashingQueueOptions): HashingQueue => {
  /** What runs, then what waits, in the order in which it begins. */
  let entries: Entry[] = [];
  let tookMs = Array.from({ length: MEASURED }, () => USUAL_WORK_MS);

  const typicalMs = (): number => tookMs.toSorted((one, other) => one - other)[MEASURED >> 1] ?? USUAL_WORK_MS;

  const insert = (entry: Entry): void => {
    const index = entries.findIndex((other) => goesBefore(entry, other));
    entries.splice(index === -1 ? entries.length : index, 0, entry);
  };
  const remove = (entry: Entry): void => {
    entries = entries.filter((other) => other !== entry);
  };

  const countBefore = (entry: Entry): number => {
    entries = entries.filter(({ expiresAtMs }) => expiresAtMs > now());
    // It was starved, and taken for cancelled.
    if (!entries.includes(entry)) insert(entry);
    return entries.slice(0, entries.indexOf(entry)).filter((other) => holdsUp(other, entry)).length;
  };

  const busy = (waitMs: number) => failure("busy", { retryAfterSeconds: Math.max(1, Math.ceil(waitMs / 1000)) });

  /** Resolves when the turn has come, with the entry that has to be ended; `busy` when it would come too late. */
  const begin = async (caller: Caller, isImitation: boolean): Promise<Result<Entry, Busy>> => {
    const rank = entries.filter((other) => other.caller.group === caller.group).length;
    const rivals = caller.isKnown ? entries.filter((other) => other.caller.isKnown) : entries;
    if ((rank >= MAX_PER_GROUP && !caller.isShared) || rivals.length >= MAX_ENTRIES)
      return busy((rank * typicalMs()) / lanes);
    const expiresAtMs = now() + GONE_AFTER_MS;
    const entry: Entry = { caller, isImitation, rank, isRunning: false, expiresAtMs };
    insert(entry);
    const cameAtMs = now();
    let limitMs = MAX_WAIT_MS;
    for (let before = countBefore(entry); before >= lanes; before = countBefore(entry)) {
      const waitMs = ((before - lanes + 1) * (typicalMs() + pauseMs)) / lanes;
      if (now() - cameAtMs + waitMs > limitMs) {
        remove(entry);
        return busy(waitMs);
      }
      // What runs has done a part of its work by the next look.
      limitMs = MAX_WAIT_MS + typicalMs();
      entry.expiresAtMs = now() + GONE_AFTER_MS;
      await sleep(Math.min(LOOK_MS * (before - lanes + 1), MAX_PAUSE_MS));
    }
    remove(entry);
    entry.isRunning = true;
    entry.expiresAtMs = now() + LEASE_MS;
    insert(entry);
    return success(entry);
  };

  const end = (entry: Entry, freeAfterMs: number): void => {
    if (freeAfterMs > 0) entry.expiresAtMs = now() + freeAfterMs;
    else remove(entry);
  };

  return {
    run: async (caller, work) => {
      const begun = await begin(caller, false);
      if (!begun.ok) return begun;
      const begunAtMs = now();
      try {
        const value = await work();
        // What hashed nothing is quick: callers could make many such, and imitations as quick would be no imitations.
        if (value !== undefined) tookMs = [...tookMs.slice(1), now() - begunAtMs];
        return success(value);
      } finally {
        end(begun.value, pauseMs);
      }
    },
    imitate: async (caller, { waiting, probe }) => {
      const begun = waiting ? await begin(caller, true) : undefined;
      if (begun && !begun.ok) return begun;
      try {
        await Promise.all([probe(), sleep(typicalMs())]);
      } finally {
        if (begun) end(begun.value, pauseMs);
      }
      return success(undefined);
    },
  };
};
