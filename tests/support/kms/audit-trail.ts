/** What tests of the audit log share: the trail that writes it, on a database and a clock of the test's own. */
import type { Client } from "@libsql/client";
import { drizzle } from "drizzle-orm/libsql/http";
import { createAuditStore, createSubjectKeyStore } from "../../../workers/kms/src/audit/audit.store.ts";
import { type AuditTrailOptions, createAuditTrail } from "../../../workers/kms/src/audit/audit.ts";
import { createAuditBudget } from "../../../workers/kms/src/audit/audit-budget.ts";
import { createRefusalLimit } from "../../../workers/kms/src/audit/refusal-limit.ts";
import { createSubjectKeys } from "../../../workers/kms/src/audit/subject-keys.ts";
import { createChainStore } from "../../../workers/kms/src/audit-log/audit-chain.store.ts";
import { createSealer } from "../../../workers/kms/src/crypto/sealing.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { randomBytes } from "../kms.ts";

export const MAC_KEY = Buffer.alloc(32, 3);

interface TrailOptions extends Pick<AuditTrailOptions, "currentRequest" | "now"> {
  client: Client;
  macKey?: Uint8Array;
}

export const composeTrail = ({ client, currentRequest, now, macKey = MAC_KEY }: TrailOptions) => {
  const database = { client, orm: drizzle({ client, schema }) };
  const subjectKeys = createSubjectKeys({
    store: createSubjectKeyStore(database),
    wrapping: createSealer(Buffer.alloc(32, 4), randomBytes),
    randomBytes,
  });
  const trail = createAuditTrail({
    store: createAuditStore(database),
    subjectKeys,
    refusalLimit: createRefusalLimit(now),
    budget: createAuditBudget(now),
    macKey,
    randomBytes,
    currentRequest,
    assertWritable: () => {},
    onEntry: () => {},
    now,
    createId: () => crypto.randomUUID(),
  });
  return { database, chain: createChainStore(database), subjectKeys, trail };
};
