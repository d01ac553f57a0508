/**
 * Rebuilds the embedded engine's full-text index: the words page by page, then the index, in a transaction that readers
 * do not notice.
 */
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import type { DocumentLog } from "../model/document-log.ts";
import { COLLECTION } from "../model/fields.ts";
import { type Build, type BuildStore, isRunning, type Lease, type Reindexing } from "../sync/build.ts";
import type * as schema from "./schema.ts";
import { addWords, vocabularyOf } from "./vocabulary.ts";

const PAGE_SIZE = 1_000;
const RUN_MS = 20_000;
const LEASE_MS = 15_000;
/** The index is filled by one statement, which has to be done within the time that the database is given. */
const TRIES = 5;

const FILL = [
  "INSERT INTO documents_text (documents_text) VALUES ('rebuild')",
  "UPDATE documents_total SET documents = (SELECT count(*) FROM documents)",
];

const COUNTS = `
  SELECT (SELECT count(*) FROM documents) AS documents, (SELECT count(*) FROM documents_text_docsize) AS indexed`;

const countsRow = z.object({ documents: z.number(), indexed: z.number() });

export interface RebuildOptions {
  database: Pick<Database<typeof schema>, "client">;
  builds: BuildStore;
  log: Pick<DocumentLog, "documentsAfter">;
  /** Milliseconds since the epoch. */
  now: () => number;
  newId: () => string;
}

export const createRebuild = ({ database: { client }, builds, log, now, newId }: RebuildOptions): Reindexing => {
  let failures = 0;

  const addVocabulary = async (build: Build, lease: () => Lease, untilMs: number): Promise<boolean> => {
    for (let { copiedPk, copied } = build; ; ) {
      const page = await log.documentsAfter(copiedPk, PAGE_SIZE);
      const last = page.at(-1);
      if (!last) return builds.advance(build.jobId, { state: "catching-up" }, lease());
      await client.execute(addWords(vocabularyOf(page.flatMap(({ document }) => [document.comment, document.text]))));
      copiedPk = last.pk;
      copied += page.length;
      if (!(await builds.advance(build.jobId, { copiedPk, copied }, lease())) || now() >= untilMs) return false;
    }
  };

  const fill = async ({ jobId }: Build, lease: () => Lease): Promise<void> => {
    await client.batch(FILL, "write");
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
    const isReady = build.state !== "copying" || (await addVocabulary(build, lease, now() + RUN_MS));
    if (isReady) await fill(build, lease);
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
