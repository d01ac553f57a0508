/**
 * The search engine that is a Typesense cluster. This worker keeps the documents and the order of their changes; the
 * cluster is a replica of them, so that it can be lost, replaced or rebuilt, and is never the source of truth.
 */
import { z } from "zod";
import type { SyncResult } from "#shared/contracts/search.ts";
import type { DocumentOperation } from "../model/document.ts";
import type { DocumentLog } from "../model/document-log.ts";
import { type EngineStatus, type ParameterFault, type SearchEngine, SearchRefused } from "../query/engine.ts";
import type { BuildStore } from "../sync/build.ts";
import type { Builder } from "./builder.ts";
import { ALIAS, getCollection } from "./collection.ts";
import { isExpressible } from "./filter-text.ts";
import type { Keyring } from "./keyring.ts";
import type { Cluster } from "./nodes.ts";
import type { Replicator } from "./replication.ts";
import type { MaintainedKeyRotation } from "./rotation.ts";
import { filterOf, searchRequest } from "./search-request.ts";
import { type Refusal, readSearchResult, type SearchOutcome, searchResultSchema } from "./search-result.ts";
import { bodyOf, engineUnavailable } from "./unavailable.ts";

/** A search takes at most two seconds in all. */
const SEARCH_MS = 1_400;
/** Callers that sync changes wait for eight seconds. */
const SYNC_MS = 6_000;
const POLL_MS = 25;
const MAX_POLL_MS = 200;
const PROBE_MS = 1_000;
const MAINTAIN_MS = 20_000;

export interface TypesenseParts {
  cluster: Cluster;
  keyring: Pick<Keyring, "call">;
  log: DocumentLog;
  builds: BuildStore;
  replicator: Replicator;
  builder: Builder;
  rotation: Pick<MaintainedKeyRotation, "cleanUp">;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
}

const countSchema = z.looseObject({ num_documents: z.int() });

const slow = () => engineUnavailable({ kind: "unreachable", message: "it has not received the changes yet" });

const isCollectionMissing = (outcome: SearchOutcome): boolean =>
  !outcome.ok && outcome.error.status === 404 && outcome.error.message === "Collection not found";

const faultOf = ({ status, message }: Refusal): ParameterFault => ({
  parameter: "q",
  status: status === 404 || status === 422 ? status : 400,
  message,
});

const BACKTICK: ParameterFault = {
  parameter: "filter_by",
  status: 400,
  message: "Could not parse the filter query: a value cannot contain a backtick.",
};

export const createTypesenseEngine = (parts: TypesenseParts): SearchEngine => {
  const { cluster, keyring, log, builds, replicator, builder, rotation, now, sleep } = parts;

  /** Once a collection serves, it is assumed to until Typesense says otherwise. */
  let isServing = false;

  /** Resolves when there is a collection with all documents: it may have to be filled first. */
  const waitForCollection = async (untilMs: number): Promise<void> => {
    for (;;) {
      const targets = await builder.targets();
      isServing = targets.some(({ state }) => state === "live");
      if (isServing) return;
      if (now() >= untilMs) throw engineUnavailable({ kind: "missing", message: "the collection is being filled" });
      await builder.ensure(untilMs);
      await sleep(POLL_MS);
    }
  };

  /** Resolves when every collection that may be searched has the changes up to this one. */
  const reach = async (seq: number, untilMs: number): Promise<void> => {
    for (let pauseMs = POLL_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_POLL_MS)) {
      await waitForCollection(untilMs);
      const targets = await builder.targets();
      const behind = targets.filter(({ syncedSeq }) => syncedSeq < seq);
      if (behind.length === 0) return;
      for (const build of behind) {
        const outcome = await replicator.withLease(build.jobId, (leased) => replicator.replicate(leased, untilMs));
        if (typeof outcome !== "object") continue;
        if (outcome.kind === "missing") await builder.markLost(build);
        throw engineUnavailable(outcome);
      }
      if (now() >= untilMs) throw slow();
      if (await isReached(seq)) return;
      await sleep(pauseMs);
    }
  };

  const isReached = async (seq: number): Promise<boolean> => {
    const targets = await builder.targets();
    return targets.length > 0 && targets.every(({ syncedSeq }) => syncedSeq >= seq);
  };

  const ask = async (request: ReturnType<typeof searchRequest>, withinMs: number): Promise<SearchOutcome> =>
    readSearchResult(bodyOf(searchResultSchema, await keyring.call(request, withinMs)));

  /** Runs every job, and then fails with the first failure. */
  const doAll = async (jobs: readonly (() => Promise<unknown>)[]): Promise<void> => {
    const faults: unknown[] = [];
    for (const job of jobs) await job().catch((error: unknown) => faults.push(error));
    if (faults.length > 0) throw faults[0];
  };

  const resendAndReplicate = async (): Promise<void> => {
    const untilMs = now() + MAINTAIN_MS;
    for (const build of await builder.targets()) {
      await replicator.resendUnconfirmed(build);
      const outcome = await replicator.withLease(build.jobId, (leased) => replicator.replicate(leased, untilMs));
      if (typeof outcome === "object") throw engineUnavailable(outcome);
    }
  };

  /** Changes are kept as long as some collection may need them. */
  const forget = async (): Promise<void> => {
    const { seq } = await log.extent();
    const needed = (await builds.list("typesense"))
      .filter(({ state }) => !["retired", "failed", "removed"].includes(state))
      .flatMap(({ syncedSeq, unconfirmedSeq }) => [syncedSeq, unconfirmedSeq ?? syncedSeq]);
    await log.forget(Math.min(seq, ...needed));
  };

  return {
    name: "typesense",

    sync: async (operations: readonly DocumentOperation[]): Promise<SyncResult[]> => {
      const { results, seq } = await log.apply(operations, now());
      await reach(seq, now() + SYNC_MS);
      const refusals = await log.refusals(results.map(({ id }) => id));
      const reasons = new Map(refusals.map(({ id, refusal }) => [id, refusal]));
      return results.map((result) => {
        const error = reasons.get(result.id);
        return error === undefined || !result.success ? result : { id: result.id, success: false, error };
      });
    },

    refusalsOf: (query) => {
      const filter = filterOf(query);
      return filter && !isExpressible(filter) ? [BACKTICK] : [];
    },

    search: async (query) => {
      const giveUpAtMs = now() + SEARCH_MS;
      const request = searchRequest(query);
      if (!isServing) await waitForCollection(giveUpAtMs);
      const outcome = await ask(request, giveUpAtMs - now());
      if (outcome.ok) return outcome.value;
      if (!isCollectionMissing(outcome)) throw new SearchRefused(faultOf(outcome.error));
      isServing = false;
      // The alias may point astray, or the cluster have lost the collection: the next search begins another.
      await builder.cleanUp();
      throw engineUnavailable({ kind: "missing", message: outcome.error.message });
    },

    status: async (): Promise<EngineStatus> => {
      const [nodes, reply, targets] = await Promise.all([
        cluster.probe(PROBE_MS),
        keyring.call(getCollection(ALIAS), PROBE_MS),
        builder.targets(),
      ]);
      const counted = reply.ok ? countSchema.safeParse(reply.value) : undefined;
      const syncedSeq = Math.min(...targets.map((target) => target.syncedSeq));
      const oldestAtMs = await log.oldestAfter(Number.isFinite(syncedSeq) ? syncedSeq : 0);
      return {
        healthy: counted?.success === true && targets.length > 0,
        nodes,
        documents: counted?.data?.num_documents ?? 0,
        lagSeconds: oldestAtMs === undefined ? 0 : Math.max(0, (now() - oldestAtMs) / 1000),
      };
    },

    maintain: () =>
      doAll([
        () => cluster.probe(PROBE_MS),
        () => builder.cleanUp(),
        () => builder.ensure(now() + MAINTAIN_MS),
        resendAndReplicate,
        forget,
        () => rotation.cleanUp(),
      ]),
  };
};
