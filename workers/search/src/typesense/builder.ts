/**
 * Fills a new collection from the documents of this worker, while the previous one keeps serving: page by page, then what
 * has changed meanwhile, a count, and the alias. An interrupted build resumes at its last recorded progress.
 */
import { z } from "zod";
import type { DocumentLog } from "../model/document-log.ts";
import type { Build, BuildStore, Reindexing } from "../sync/build.ts";
import { isRunning } from "../sync/build.ts";
import {
  collectionNameOf,
  createCollection,
  dropCollection,
  type Generation,
  getAlias,
  getCollection,
  pointAlias,
  schemaVersionOf,
} from "./collection.ts";
import { PAGE_SIZE, upsert } from "./documents.ts";
import type { Keyring } from "./keyring.ts";
import type { LeasedBuild, Replicator, SyncOutcome } from "./replication.ts";
import type { ReplyFailure } from "./reply.ts";
import type { CarriedRules } from "./rules.ts";
import { engineUnavailable, shapeOf } from "./unavailable.ts";

const TIMEOUT_MS = 5_000;
const RUN_MS = 20_000;
const COUNT_TRIES = 5;
const COUNT_PAUSE_MS = 200;
/** A collection that could not be begun is begun again after this long. */
const RETRY_MS = 30_000;

export interface BuilderOptions {
  builds: BuildStore;
  log: DocumentLog;
  replicator: Replicator;
  rules: Pick<CarriedRules, "prepare" | "carryOver">;
  call: Keyring["call"];
  generation: () => Promise<Generation>;
  /** Milliseconds since the epoch. */
  now: () => number;
  newJobId: () => string;
  sleep: (ms: number) => Promise<void>;
  note: (event: string, fields: Record<string, string | number>) => void;
}

export interface Builder extends Reindexing {
  /**
   * Ensures that a collection with the current schema exists or is being built; advances the build until this instant.
   */
  ensure(untilMs: number): Promise<void>;
  /** The collections that have to have a change before it counts as found. */
  targets(): Promise<Build[]>;
  /** The live collection is missing: another one is needed. */
  markLost(build: Build): Promise<void>;
  /** Removes what is not needed any more, and repairs the alias. */
  cleanUp(): Promise<void>;
}

const countSchema = z.looseObject({ num_documents: z.int() });
const aliasSchema = z.looseObject({ collection_name: z.string() });

/** Trying again would not help. */
const isFinal = ({ kind }: ReplyFailure): boolean => kind === "refused" || kind === "broken";

export const createBuilder = (options: BuilderOptions): Builder => {
  const { builds, log, replicator, rules, call, generation, now, newJobId, sleep, note } = options;

  const running = async (): Promise<Build | undefined> => (await builds.list("typesense")).find(isRunning);

  const begin = async (): Promise<{ jobId: string; isNew: boolean }> => {
    const jobId = newJobId();
    const begun = await builds.begin({
      jobId,
      engine: "typesense",
      collection: collectionNameOf(jobId),
      schemaVersion: schemaVersionOf(await generation()),
      startedAtMs: now(),
    });
    if (begun.ok) {
      note("typesense.build-begun", { jobId });
      return { jobId, isNew: true };
    }
    const other = await running();
    return other ? { jobId: other.jobId, isNew: false } : begin();
  };

  const fail = async ({ build, advance }: LeasedBuild, reason: string): Promise<SyncOutcome> => {
    await advance({ state: "failed", failure: reason, finishedAtMs: now() });
    note("typesense.build-failed", { jobId: build.jobId, reason });
    return "done";
  };

  const copyPages = async (leased: LeasedBuild, untilMs: number): Promise<SyncOutcome> => {
    const { build, advance } = leased;
    for (let { copiedPk, copied } = build; ; ) {
      const page = await log.documentsAfter(copiedPk, PAGE_SIZE);
      const last = page.at(-1);
      if (!last) return "done";
      const wanted = page.map(({ document }) => ({ id: document.id, document }));
      const upserted = await upsert(call, build.collection, wanted, TIMEOUT_MS);
      if (!upserted.ok) return upserted.error;
      if (upserted.value.length > 0) {
        note("typesense.refused", { documents: upserted.value.length, reason: upserted.value[0]?.refusal ?? "" });
        await log.refuse(upserted.value);
      }
      copiedPk = last.pk;
      copied += page.length;
      if (!(await advance({ copiedPk, copied }))) return "busy";
      if (now() >= untilMs) return "time-is-up";
    }
  };

  const copy = async (leased: LeasedBuild, untilMs: number): Promise<SyncOutcome> => {
    const { build, advance } = leased;
    if (build.copied === 0) await log.voidRefusals();
    const prepared = await rules.prepare();
    if (!prepared.ok) return prepared.error;
    const created = await call(createCollection(build.collection, await generation()), TIMEOUT_MS);
    if (!created.ok && created.error.kind !== "exists") return created.error;
    // A collection that had to be created again has lost what was copied before.
    const isNew = created.ok && build.copied > 0;
    if (isNew && !(await advance({ copied: 0, copiedPk: 0 }))) return "busy";
    const from = isNew ? { ...build, copied: 0, copiedPk: 0 } : build;
    const copied = await copyPages({ ...leased, build: from }, untilMs);
    if (copied !== "done") return copied;
    const live = (await builds.list("typesense")).find(({ state }) => state === "live");
    const carried = live ? await rules.carryOver(live.collection, build.collection) : undefined;
    if (carried && !carried.ok) return carried.error;
    return (await advance({ state: "catching-up" })) ? "done" : "busy";
  };

  /** What is missing, in a sentence; `undefined` when the count is right, give or take what changes meanwhile. */
  const shortfall = async ({ build }: LeasedBuild): Promise<string | undefined | ReplyFailure> => {
    let found: string | undefined;
    for (let count = 0; count < COUNT_TRIES; count += 1) {
      const before = await log.extent();
      const refused = (await log.refusals()).length;
      const reply = await call(getCollection(build.collection), TIMEOUT_MS);
      if (!reply.ok) return reply.error;
      const { num_documents: there } = shapeOf(countSchema, reply.value);
      const { syncedSeq } = (await builds.find(build.jobId)) ?? build;
      const changing = (await log.extent()).seq - syncedSeq;
      if (there >= before.documents - refused - changing && there <= before.documents + changing) return undefined;
      found = `It has ${there} of ${before.documents} documents (${refused} refused).`;
      await sleep(COUNT_PAUSE_MS);
    }
    return found;
  };

  const catchUp = async (leased: LeasedBuild, untilMs: number): Promise<SyncOutcome> => {
    const outcome = await replicator.replicate(leased, untilMs);
    if (outcome !== "done") return outcome;
    const missing = await shortfall(leased);
    if (typeof missing === "string") return fail(leased, missing);
    if (missing) return missing;
    return (await leased.advance({ state: "switching" })) ? "done" : "busy";
  };

  /** From here on changes go to both collections, so that whichever the alias points at has all that was acknowledged. */
  const takeOver = async (leased: LeasedBuild, untilMs: number): Promise<SyncOutcome> => {
    const outcome = await replicator.replicate(leased, untilMs);
    if (outcome !== "done") return outcome;
    const pointed = await call(pointAlias(leased.build.collection), TIMEOUT_MS);
    if (!pointed.ok) return pointed.error;
    if (!(await leased.goLive())) return "busy";
    note("typesense.build-live", { jobId: leased.build.jobId });
    return "done";
  };

  const STEPS = { copying: copy, "catching-up": catchUp, switching: takeOver } as const;

  const advanceJob = async (jobId: string, untilMs: number): Promise<SyncOutcome> =>
    replicator.withLease(jobId, async (leased) => {
      for (;;) {
        const build = await builds.find(jobId);
        if (!build || !isRunning(build)) return "done";
        const outcome = await STEPS[build.state]({ ...leased, build }, untilMs);
        if (typeof outcome === "object" && isFinal(outcome)) return fail(leased, `${outcome.kind}: ${outcome.message}`);
        // The collection was lost on the way: everything once more.
        if (typeof outcome === "object" && outcome.kind === "missing") await leased.advance({ state: "copying" });
        if (outcome !== "done") return outcome;
      }
    });

  const advanceUntil = async (untilMs: number): Promise<void> => {
    const build = await running();
    if (!build) return;
    const outcome = await advanceJob(build.jobId, untilMs);
    if (typeof outcome === "object" && outcome.kind !== "missing") throw engineUnavailable(outcome);
  };

  const drop = async ({ jobId, collection }: Build): Promise<void> => {
    const dropped = await call(dropCollection(collection), TIMEOUT_MS);
    if (!dropped.ok && dropped.error.kind !== "missing") throw engineUnavailable(dropped.error);
    await builds.mark(jobId, "removed");
  };

  const repairAlias = async ({ collection }: Build): Promise<void> => {
    const reply = await call(getAlias, TIMEOUT_MS);
    if (!reply.ok && reply.error.kind !== "missing") throw engineUnavailable(reply.error);
    if (reply.ok && shapeOf(aliasSchema, reply.value).collection_name === collection) return;
    const pointed = await call(pointAlias(collection), TIMEOUT_MS);
    if (!pointed.ok) throw engineUnavailable(pointed.error);
    note("typesense.alias-repaired", { collection });
  };

  return {
    start: begin,
    running: async () => (await running())?.jobId,
    advance: () => advanceUntil(now() + RUN_MS),
    find: (jobId) => builds.find(jobId),

    ensure: async (untilMs) => {
      const known = await builds.list("typesense");
      const live = known.find(({ state }) => state === "live");
      const isCurrent = live?.schemaVersion === schemaVersionOf(await generation());
      const [latest] = known;
      const mayBegin = latest?.failure == null || latest.startedAtMs < now() - RETRY_MS;
      if (!isCurrent && !known.some(isRunning) && mayBegin) await begin();
      await advanceUntil(untilMs);
    },

    targets: async () =>
      (await builds.list("typesense")).filter(({ state }) => state === "live" || state === "switching"),

    markLost: async ({ jobId, collection }) => {
      note("typesense.collection-lost", { collection });
      await builds.mark(jobId, "removed");
    },

    cleanUp: async () => {
      const known = await builds.list("typesense");
      for (const build of known) if (build.state === "retired" || build.state === "failed") await drop(build);
      const live = known.find(({ state }) => state === "live");
      if (!live || known.some(({ state }) => state === "switching")) return;
      const reply = await call(getCollection(live.collection), TIMEOUT_MS);
      if (reply.ok) return repairAlias(live);
      if (reply.error.kind !== "missing") throw engineUnavailable(reply.error);
      note("typesense.collection-lost", { collection: live.collection });
      await builds.mark(live.jobId, "removed");
    },
  };
};
