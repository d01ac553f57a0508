/** Rebuilds the embedded engine's full-text index page by page, while searches find what is in it already. */
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { COLLECTION } from "../model/fields.ts";
import { type Build, type BuildStore, isRunning, type Lease, type Reindexing } from "../sync/build.ts";
import type * as schema from "./schema.ts";
import { indexListed, listPage } from "./text-index.ts";

const RUN_MS = 20_000;
const LEASE_MS = 30_000;
/** So often in a row a job may find the database unavailable. */
const TRIES = 5;

/** What is left of documents that do not exist, and the number of those that do. */
const CLEAN_UP = [
  "DELETE FROM document_tokens WHERE rowid IN (SELECT id FROM document_tokens_docsize EXCEPT SELECT pk FROM documents)",
  "UPDATE documents_total SET documents = (SELECT count(*) FROM documents)",
];

const COUNTS = `
  SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM document_tokens_docsize) AS indexed`;

const countsRow = z.object({ documents: z.number(), indexed: z.number() });

export interface RebuildOptions {
  database: Pick<Database<typeof schema>, "client">;
  builds: BuildStore;
  /** Milliseconds since the epoch. */
  now: () => number;
  newId: () => string;
}

export const createRebuild = ({ database: { client }, builds, now, newId }: RebuildOptions): Reindexing => {
  let failures = 0;

  const indexPages = async (build: Build, lease: () => Lease, untilMs: number): Promise<boolean> => {
    for (let { copiedPk, copied } = build; ; ) {
      const pks = await listPage(client, copiedPk);
      if (pks.length === 0) return builds.advance(build.jobId, { state: "catching-up" }, lease());
      await indexListed(client, () => now() < untilMs);
      copiedPk = Math.max(...pks);
      copied += pks.length;
      if (!(await builds.advance(build.jobId, { copiedPk, copied }, lease())) || now() >= untilMs) return false;
    }
  };

  const finish = async ({ jobId }: Build, lease: () => Lease, untilMs: number): Promise<void> => {
    if (!(await indexListed(client, () => now() < untilMs))) return;
    await client.batch(CLEAN_UP, "write");
    const { rows } = await client.execute(COUNTS);
    const { documents, indexed } = countsRow.parse(rows[0]);
    if (documents === indexed) await builds.goLive(jobId, lease());
    else
      await builds.advance(
        jobId,
        { state: "failed", failure: `The index has ${indexed} of ${documents} documents.`, finishedAtMs: now() },
        lease(),
      );
  };

  const advanceJob = async (jobId: string): Promise<void> => {
    const holder = newId();
    const lease = (untilMs = now() + LEASE_MS): Lease => ({ holder, nowMs: now(), untilMs });
    const build = await builds.take(jobId, lease());
    if (!build) return;
    const untilMs = now() + RUN_MS;
    const isReady = build.state !== "copying" || (await indexPages(build, lease, untilMs));
    if (isReady) await finish(build, lease, untilMs);
    await builds.advance(jobId, {}, lease(0));
  };

  const running = async (): Promise<Build | undefined> => (await builds.list("libsql")).find(isRunning);

  return {
    start: async () => {
      const jobId = newId();
      const build = { jobId, engine: "libsql", collection: COLLECTION, schemaVersion: "", startedAtMs: now() } as const;
      const begun = await builds.begin(build);
      return begun.ok ? { jobId, isNew: true } : { jobId: (await running())?.jobId ?? jobId, isNew: false };
    },

    running: async () => (await running())?.jobId,

    advance: async () => {
      const build = await running();
      if (!build) return;
      try {
        await advanceJob(build.jobId);
        failures = 0;
      } catch (error) {
        failures += 1;
        if (!isUnavailable(error) || failures < TRIES) throw error;
        failures = 0;
        await builds.mark(build.jobId, "failed");
      }
    },

    find: (jobId) => builds.find(jobId),
  };
};
