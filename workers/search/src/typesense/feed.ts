/** Brings a collection up to the last change, as the one who holds its build. */

import type { DocumentLog } from "../model/document-log.ts";
import type { Build, BuildProgress, BuildStore } from "../sync/build.ts";
import { bring, PAGE_SIZE } from "./documents.ts";
import type { Keyring } from "./keyring.ts";
import type { Failure } from "./reply.ts";

/** Well above what one page may take: whoever dies with a page under way may have sent it. */
const HOLD_MS = 20_000;
const PAGE_MS = 5_000;
/** After this long without an answer, what was sent has either arrived or never will. */
const SETTLING_MS = 30_000;

export interface FeederOptions {
  builds: BuildStore;
  log: DocumentLog;
  call: Keyring["call"];
  /** Milliseconds since the epoch. */
  now: () => number;
  newHolder: () => string;
  warn: (event: string, fields: Record<string, string | number>) => void;
}

/** `busy`: somebody else is at it. `time-is-up`: there is more to do. */
export type Fed = "done" | "busy" | "time-is-up" | Failure;

/** A build in hand. */
export interface Held {
  build: Build;
  /** Records progress and holds on; false when somebody else has taken over. */
  advance(progress: BuildProgress): Promise<boolean>;
  /** Makes it the live one. */
  goLive(): Promise<boolean>;
}

export interface Feeder {
  /** Does a piece of work as the holder of a build, which is let go at the end. */
  hold(jobId: string, work: (held: Held) => Promise<Fed>): Promise<Fed>;
  /** Brings the collection of a held build up to the last change. */
  feed(held: Held, untilMs: number): Promise<Fed>;
  /** Has what was sent without an answer sent again, once it cannot arrive late any more. */
  settle(build: Build): Promise<void>;
}

export const createFeeder = ({ builds, log, call, now, newHolder, warn }: FeederOptions): Feeder => {
  /** Spares the database the question while a request of this isolate holds it; instants, lest a dead one block it. */
  const heldHere = new Map<string, number>();

  const bringPage = async (held: Held, fedSeq: number): Promise<Fed | number> => {
    const { build } = held;
    const changes = await log.changesAfter(fedSeq, PAGE_SIZE);
    const last = changes.at(-1);
    if (!last) return "done";
    const brought = await bring(call, build.collection, changes, PAGE_MS);
    if (!brought.ok) return brought.failure;
    if (brought.refused.length > 0) {
      warn("typesense.refused", { documents: brought.refused.length, reason: brought.refused[0]?.refusal ?? "" });
      await log.refuse(brought.refused);
    }
    return (await held.advance({ fedSeq: last.seq })) ? last.seq : "busy";
  };

  return {
    hold: async (jobId, work) => {
      if ((heldHere.get(jobId) ?? 0) > now()) return "busy";
      heldHere.set(jobId, now() + HOLD_MS);
      const holder = newHolder();
      const hold = (untilMs = now() + HOLD_MS) => ({ holder, nowMs: now(), untilMs });
      try {
        const build = await builds.take(jobId, hold());
        if (!build) return "busy";
        let fedSeq = build.fedSeq;
        const fed = await work({
          build,
          advance: (progress) => {
            heldHere.set(jobId, now() + HOLD_MS);
            fedSeq = progress.fedSeq ?? fedSeq;
            return builds.advance(jobId, progress, hold());
          },
          goLive: () => builds.goLive(jobId, hold()),
        });
        // Sent without an answer, it may arrive after what is sent next: it will be sent again.
        if (typeof fed === "object" && fed.kind === "unreachable") await builds.doubt(jobId, fedSeq, hold());
        else await builds.advance(jobId, {}, hold(0));
        return fed;
      } finally {
        heldHere.delete(jobId);
      }
    },

    feed: async (held, untilMs) => {
      for (let { fedSeq } = held.build; ; ) {
        const brought = await bringPage(held, fedSeq);
        if (typeof brought !== "number") return brought;
        fedSeq = brought;
        if (now() >= untilMs) return "time-is-up";
      }
    },

    settle: async ({ jobId, doubtSeq }) => {
      if (doubtSeq !== null) await builds.settle(jobId, now() - SETTLING_MS);
    },
  };
};
