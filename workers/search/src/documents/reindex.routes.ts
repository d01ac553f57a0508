/** POST /collections/{name}/reindex and its jobs: the index is rebuilt while the previous one keeps serving. */
import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json } from "#shared/http/openapi.ts";
import { describeError } from "#shared/observability/log.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { COLLECTION } from "../model/fields.ts";
import { type Build, jobStatusOf } from "../sync/build.ts";

const collectionParameter = z.object({ name: reference() });

const jobSchema = z
  .object({
    jobId: z.string(),
    status: z.enum(["running", "done", "failed"]),
    state: z.string().openapi({ example: "copying", description: "The progress, for display." }),
    documents: z
      .object({ copied: z.int(), total: z.int() })
      .openapi({ description: "How many documents are copied, of how many at the start." }),
    failure: z.string().nullable(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime().nullable(),
  })
  .openapi("ReindexJob");

const JOB_ID_EXAMPLE = "a2f4c861-0d7e-4b93-9c15-e83b6d5f2a70";

const assertCollection = (name: string): void => {
  if (name !== COLLECTION) throw problem("not-found", { detail: `The only collection is \`${COLLECTION}\`.` });
};

const instant = (ms: number): string => new Date(ms).toISOString();

const toJob = (build: Build): z.infer<typeof jobSchema> => ({
  jobId: build.jobId,
  status: jobStatusOf(build),
  state: build.state,
  documents: { copied: build.copied, total: build.total },
  failure: build.failure,
  startedAt: instant(build.startedAtMs),
  finishedAt: build.finishedAtMs === null ? null : instant(build.finishedAtMs),
});

const start = endpoint("POST /collections/{name}/reindex", {
  operationId: "search.startReindex",
  summary: "Rebuild the index without downtime",
  description: "Starts a job, or returns the running one. Requires a second factor.",
  params: collectionParameter,
  responses: {
    202: created(z.object({ jobId: z.string() }), "The job is running", { jobId: JOB_ID_EXAMPLE }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { name } = context.req.valid("param");
    assertCollection(name);
    const { services, log } = context.var;
    const { jobId } = await services.reindexing.start();
    // The maintenance job resumes what breaks off here.
    const logFailure = (error: unknown): void => log("error", "reindex.paused", { error: describeError(error) });
    context.executionCtx.waitUntil(services.reindexing.advance().catch(logFailure));
    context.header("location", locationOf("search", "GET /collections/{name}/reindex/{jobId}", name, jobId));
    return context.json({ jobId }, 202);
  },
});

const read = endpoint("GET /collections/{name}/reindex/{jobId}", {
  operationId: "search.getReindexJob",
  summary: "Get the progress of a reindex job",
  params: collectionParameter.extend({ jobId: reference() }),
  responses: {
    200: json(jobSchema, "The job", {
      jobId: JOB_ID_EXAMPLE,
      status: "running",
      state: "copying",
      documents: { copied: 240, total: 320 },
      failure: null,
      startedAt: EXAMPLE.today,
      finishedAt: null,
    }),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { name, jobId } = context.req.valid("param");
    assertCollection(name);
    const build = await context.var.services.reindexing.find(jobId);
    if (!build) throw problem("not-found", { detail: "This job does not exist or has expired." });
    return context.json(toJob(build), 200);
  },
});

export const reindexEndpoints = [start, read];
