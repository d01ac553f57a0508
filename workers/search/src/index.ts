/** Composition root of search: exports and wiring. */
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createReportingRecorder } from "#shared/http/reporting.ts";
import { createInternal, createWorker } from "#shared/http/worker.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { createLog } from "#shared/observability/log.ts";
import { createSearchApp } from "./app.ts";
import { bounded } from "./composition/bounded.ts";
import type { SearchParts, SearchServices } from "./composition/services.ts";
import { createEmbedded } from "./embedded/embedded.ts";
import { envSchema } from "./env.ts";
import { createRpc } from "./rpc.ts";
import { createBuildStore } from "./storage/builds.store.ts";
import { createDocumentLog } from "./storage/document-log.store.ts";
import * as schema from "./storage/schema.ts";
import { recordedReindexing, recordedRotation, recordedRules } from "./sync/recorded.ts";
import { createTypesense } from "./typesense/create.ts";

const connect = once((bindings: unknown): SearchServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const log = createLog("search");
  const recorder = createReportingRecorder(env.KMS_RPC, log);
  const database = createDatabase(env, schema);
  const builds = createBuildStore(database);
  const newId = () => crypto.randomUUID();
  const urls = env.TYPESENSE_NODES;
  const parts: SearchParts =
    urls.length === 0
      ? createEmbedded({ database, builds, now, newId })
      : createTypesense({
          urls,
          configuredKey: env.TYPESENSE_API_KEY,
          network: env.TYPESENSE,
          kms: env.KMS_RPC,
          log: createDocumentLog(database),
          builds,
          now,
          sleep,
          newId,
          logEvent: log,
        });
  return {
    engine: bounded(parts.engine, { now, sleep }),
    reindexing: recordedReindexing(parts.reindexing, recorder),
    ...(parts.rules && { rules: recordedRules(parts.rules, recorder) }),
    ...(parts.rotation && { rotation: recordedRotation(parts.rotation, recorder) }),
    now,
    verify: verifierOf(env, env.KMS_RPC, now),
    probe: database.probe,
    kms: env.KMS_RPC,
    runMaintenance: () => parts.engine.maintain(),
  };
});

export const Rpc = createRpc(connect);
export const Internal = createInternal(connect);

export default createWorker(createSearchApp(connect), (bindings) => connect(bindings).runMaintenance());
