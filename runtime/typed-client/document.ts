/**
 * The API document of Fountain's own operations, as `GET /openapi.json` has it where there are no services behind the
 * gateway. No worker runs for it. Node cannot load the gateway's views, so `generate.ts` bundles this file first.
 */
import { WORKERS, type WorkerName } from "../../shared/contracts/workers.ts";
import { documentOf } from "../../shared/http/document.ts";
import { createGatewayApp } from "../../workers/gateway/src/app.ts";
import { INFO } from "../../workers/gateway/src/docs/openapi.routes.ts";
import { mergeDocuments } from "../../workers/gateway/src/docs/openapi.ts";
import { workerPart } from "../../workers/gateway/src/docs/worker-part.ts";
import { createKmsApp } from "../../workers/kms/src/app.ts";
import { createSearchApp } from "../../workers/search/src/app.ts";
import { createServiceAApp } from "../../workers/service-a/src/app.ts";
import { createTwofaApp } from "../../workers/twofa/src/app.ts";

const connect = (): never => {
  throw new Error("these workers are described, and never called");
};

const APPS: Record<WorkerName, Parameters<typeof documentOf>[0]> = {
  gateway: createGatewayApp(connect),
  kms: createKmsApp(connect),
  twofa: createTwofaApp(connect),
  search: createSearchApp(connect),
  "service-a": createServiceAApp(connect),
};

const partOf = async (worker: WorkerName, prefix?: string, app = APPS[worker]) =>
  workerPart(worker, await documentOf(app, worker, INFO, prefix));

/** The merged document of all workers. */
export const apiDocument = async () => {
  const parts = await Promise.all(WORKERS.map((worker) => partOf(worker)));
  return mergeDocuments(INFO, [...parts, await partOf("kms", "/kms", APPS.gateway)]);
};
