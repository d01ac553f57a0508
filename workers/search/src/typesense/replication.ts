/** Replicates changes to a collection, under the lease of its build. */

import type { DocumentLog } from "../model/document-log.ts";
import type { Build, BuildProgress, BuildStore } from "../sync/build.ts";
import { PAGE_SIZE, upsert } from "./documents.ts";
import type { Keyring } from "./keyring.ts";
import type { ReplyFailure } from "./reply.ts";

/** Well above what one page may take: an isolate that dies during a page may have sent it. */
const LEASE_MS = 20_000;
const PAGE_MS = 5_000;
/** After this long without a response, what was sent has either arrived or never will. */
const CONFIRMATION_MS = 30_000;

export interface ReplicatorOptions {
  builds: BuildStore;
  log: DocumentLog;
  call: Keyring["call"];
  /** Milliseconds since the epoch. */
  now: () => number;
  newHolder: () => string;
  warn: (event: string, fields: Record<string, string | number>) => void;
}

/** `busy`: another holder has the lease. `time-is-up`: there is more to do. */
export type SyncOutcome = "done" | "busy" | "time-is-up" | ReplyFailure;

/** A build whose lease this isolate holds. */
export interface LeasedBuild {
  build: Build;
  /** Records progress and renews the lease; false if another holder has taken over. */
  advance(progress: BuildProgress): Promise<boolean>;
  /** Makes it the live one. */
  goLive(): Promise<boolean>;
}

export interface Replicator {
  /** Does a piece of work under the lease of a build, which is released at the end. */
  withLease(jobId: string, work: (leased: LeasedBuild) => Promise<SyncOutcome>): Promise<SyncOutcome>;
  /** Replicates to the collection of a leased build, up to the last change. */
  replicate(leased: LeasedBuild, untilMs: number): Promise<SyncOutcome>;
  /** Resends what was sent without a response, once it cannot arrive late any more. */
  resendUnconfirmed(build: Build): Promise<void>;
}

export const createReplicator = ({ builds, log, call, now, newHolder, warn }: ReplicatorOptions): Replicator => {
  /**
   * Saves a query while a request of this isolate holds the lease; instants, so that a cancelled request does not block
   * it.
   */
  const leasedHere = new Map<string, number>();

  const upsertPage = async (leased: LeasedBuild, syncedSeq: number): Promise<SyncOutcome | number> => {
    const { build } = leased;
    const changes = await log.changesAfter(syncedSeq, PAGE_SIZE);
    const last = changes.at(-1);
    if (!last) return "done";
    const upserted = await upsert(call, build.collection, changes, PAGE_MS);
    if (!upserted.ok) return upserted.error;
    if (upserted.value.length > 0) {
      warn("typesense.refused", { documents: upserted.value.length, reason: upserted.value[0]?.refusal ?? "" });
      await log.refuse(upserted.value);
    }
    return (await leased.advance({ syncedSeq: last.seq })) ? last.seq : "busy";
  };

  return {
    withLease: async (jobId, work) => {
      if ((leasedHere.get(jobId) ?? 0) > now()) return "busy";
      leasedHere.set(jobId, now() + LEASE_MS);
      const holder = newHolder();
      const lease = (untilMs = now() + LEASE_MS) => ({ holder, nowMs: now(), untilMs });
      try {
        const build = await builds.take(jobId, lease());
        if (!build) return "busy";
        let syncedSeq = build.syncedSeq;
        const outcome = await work({
          build,
          advance: (progress) => {
            leasedHere.set(jobId, now() + LEASE_MS);
            syncedSeq = progress.syncedSeq ?? syncedSeq;
            return builds.advance(jobId, progress, lease());
          },
          goLive: () => builds.goLive(jobId, lease()),
        });
        // Sent without a response, it may arrive after what is sent next: it is resent later.
        if (typeof outcome === "object" && outcome.kind === "unreachable")
          await builds.markUnconfirmed(jobId, syncedSeq, lease());
        else await builds.advance(jobId, {}, lease(0));
        return outcome;
      } finally {
        leasedHere.delete(jobId);
      }
    },

    replicate: async (leased, untilMs) => {
      for (let { syncedSeq } = leased.build; ; ) {
        const upserted = await upsertPage(leased, syncedSeq);
        if (typeof upserted !== "number") return upserted;
        syncedSeq = upserted;
        if (now() >= untilMs) return "time-is-up";
      }
    },

    resendUnconfirmed: async ({ jobId, unconfirmedSeq }) => {
      if (unconfirmedSeq !== null) await builds.resendUnconfirmed(jobId, now() - CONFIRMATION_MS);
    },
  };
};
