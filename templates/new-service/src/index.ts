/** Composition root of new-service: exports and wiring. */
import { verifierOf } from "#shared/auth/verify.ts";
import { createDatabase } from "#shared/db/database.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createInternal, createWorker } from "#shared/http/worker.ts";
import { createNewServiceApp } from "./app.ts";
import type { NewServiceServices } from "./composition/services.ts";
import { envSchema } from "./env.ts";
import * as schema from "./notes/notes.schema.ts";
import { createNoteStore } from "./notes/notes.store.ts";
import { deleteExpired } from "./notes/notes.ts";

const connect = once((bindings: unknown): NewServiceServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const database = createDatabase(env, schema);
  const notes = createNoteStore(database);
  return {
    now,
    verify: verifierOf(env, env.KMS_RPC, now),
    probe: database.probe,
    notes,
    runMaintenance: () => deleteExpired(notes, now()),
  };
});

export const Internal = createInternal(connect);

export default createWorker(createNewServiceApp(connect), (bindings) => connect(bindings).runMaintenance());
