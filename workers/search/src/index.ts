/** Composition root of search: exports and wiring. */
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createInternal, createWorker } from "#shared/http/worker.ts";
import { createSearchApp } from "./app.ts";
import { bounded } from "./bounded.ts";
import { envSchema } from "./env.ts";
import { createEntrypoints } from "./rpc.ts";
import type { SearchServices } from "./services.ts";
import { createLibsqlEngine } from "./store/libsql-engine.ts";
import * as schema from "./store/schema.ts";

const connect = once((bindings: unknown): SearchServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const database = createDatabase(env, schema);
  const verify = verifierOf(env, env.KMS_RPC, now);
  const engine = bounded(createLibsqlEngine(database));
  return { now, verify, probe: database.probe, engine, kms: env.KMS_RPC, runChores: () => engine.maintain() };
});

export const { Rpc } = createEntrypoints(connect);
export const Internal = createInternal(connect);

export default createWorker(createSearchApp(connect), (bindings) => connect(bindings).runChores());
