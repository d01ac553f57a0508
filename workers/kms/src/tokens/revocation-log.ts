/**
 * The revocations in force, in the order in which they were committed, held in memory: the database is asked only for
 * those that came since, and so are we.
 */
import type { Revocation, Trust } from "#shared/contracts/kms.ts";

/** At most in one response, within the database's limit of 10 MB and what a worker processes without a pause. */
export const REVOCATIONS_PER_RESPONSE = 10_000;

/** A revocation at its place in the order. One that was brought forward stands at its new place. */
export interface LoggedRevocation extends Revocation {
  position: number;
}

/** What the database returns for the revocations after a position. */
export interface RevocationUpdates {
  askedFrom: number;
  revocations: readonly LoggedRevocation[];
  /** The last position assigned. Below `askedFrom` the database has been set back. */
  lastPosition: number;
  hasMore: boolean;
}

export interface RevocationLog {
  /** Where the next query continues. */
  position(): number;
  /** Adds the updates. A database that was set back empties the log: ask again. */
  add(updates: RevocationUpdates): void;
  /** What was added since the position; from the first one by default, or if it is none of ours. */
  since(position: number | undefined): Pick<Trust, "revocations" | "position" | "isWhole" | "hasMore">;
  /** Forgets what no token can be concerned by any more. */
  prune(beforeSeconds: number): void;
}

/** The index of the first entry after the position. */
const indexAfter = (entries: readonly LoggedRevocation[], position: number): number => {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const entry = entries[middle];
    if (entry && entry.position <= position) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const createRevocationLog = (): RevocationLog => {
  let entries: LoggedRevocation[] = [];
  let position = 0;

  return {
    position: () => position,
    add: ({ askedFrom, revocations, lastPosition, hasMore }) => {
      if (lastPosition < askedFrom) {
        entries = [];
        position = 0;
        return;
      }
      // Another query was running at the same time: it emptied the log, or has added these already.
      if (askedFrom > position) return;
      for (const entry of revocations) if (entry.position > position) entries.push(entry);
      position = Math.max(position, hasMore ? (revocations.at(-1)?.position ?? 0) : lastPosition);
    },
    since: (asked) => {
      const isWhole = asked === undefined || asked > position;
      const first = isWhole ? 0 : indexAfter(entries, asked);
      const revocations = entries.slice(first, first + REVOCATIONS_PER_RESPONSE);
      const hasMore = first + revocations.length < entries.length;
      return {
        revocations: revocations.map(({ revokedId, revokedAtSeconds }) => ({ revokedId, revokedAtSeconds })),
        position: hasMore ? (revocations.at(-1)?.position ?? position) : position,
        isWhole,
        hasMore,
      };
    },
    prune: (beforeSeconds) => {
      entries = entries.filter((entry) => entry.revokedAtSeconds >= beforeSeconds);
    },
  };
};
