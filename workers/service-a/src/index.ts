/** Composition root of service-a: exports and wiring. */
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createReportingRecorder } from "#shared/http/reporting.ts";
import { createInternal, createWorker } from "#shared/http/worker.ts";
import { sleep } from "#shared/lang/sleep.ts";
import { createLog } from "#shared/observability/log.ts";
import { createServiceAApp } from "./app.ts";
import { measureBacklog } from "./composition/backlog.ts";
import type { ServiceAServices } from "./composition/services.ts";
import { createContributions } from "./elements/contributions.store.ts";
import { createElementStore } from "./elements/elements.store.ts";
import { createPurge } from "./elements/purge.store.ts";
import { createReorder } from "./elements/reorder.ts";
import { envSchema } from "./env.ts";
import { createDrain } from "./model/outbox.ts";
import * as schema from "./model/schema.ts";
import { createDeadLetterStore } from "./outbox/dead-letters.store.ts";
import { createDelivery } from "./outbox/delivery.ts";
import { createOutboxStore } from "./outbox/outbox.store.ts";
import { createRedrive } from "./outbox/redrive.ts";
import { createRpc } from "./rpc.ts";
import { createScriptStore } from "./scripts/scripts.store.ts";

const connect = once((bindings: unknown): ServiceAServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const log = createLog("service-a");
  const recorder = createReportingRecorder(env.KMS_RPC, log);
  const database = createDatabase(env, schema);
  const elements = createElementStore(database);
  const deadLetters = createDeadLetterStore(database);
  const outbox = createOutboxStore(database);
  const purge = createPurge(database);
  const { drain, drainSoon } = createDrain({
    outbox,
    search: env.SEARCH_RPC,
    now,
    sleep,
    newHolder: () => crypto.randomUUID(),
    random: Math.random,
    warn: (event, fields) => log("warn", event, fields),
  });
  return {
    now,
    verify: verifierOf(env, env.KMS_RPC, now),
    probe: database.probe,
    elements,
    reorder: createReorder(elements, recorder),
    scripts: createScriptStore(database),
    deadLetters,
    redrive: createRedrive(deadLetters, recorder),
    outbox,
    contributionsOf: createContributions(database),
    drainOutbox: drainSoon,
    deliver: createDelivery({ outbox, drain, now, sleep }),
    runMaintenance: async () => {
      await drain();
      await purge(now());
    },
  };
});

export const Rpc = createRpc(connect);
export const Internal = createInternal(connect, measureBacklog);

export default createWorker(createServiceAApp(connect), (bindings) => connect(bindings).runMaintenance());
