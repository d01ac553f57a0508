/** Composes the audit trail: what writes it, what links and reads it, and what people may ask for of it. */
import { currentRequest } from "#shared/observability/context.ts";
import type { Log } from "#shared/observability/log.ts";
import { countAuditAlarm } from "#shared/observability/metrics.ts";
import { createAuditRepository, createSubjectKeyRepository } from "../audit/audit.store.ts";
import { type AuditTrail, createAuditTrail } from "../audit/audit.ts";
import { createAuditBudget } from "../audit/audit-budget.ts";
import type { AuditEvent } from "../audit/audit-entry.ts";
import { createRefusalLimit } from "../audit/refusal-limit.ts";
import { createSubjectKeys } from "../audit/subject-keys.ts";
import { createChainRepository } from "../audit-log/audit-chain.store.ts";
import { createCheckpointRepository } from "../audit-log/audit-checkpoints.store.ts";
import { placeIn } from "../audit-log/audit-checkpoints.ts";
import { type AuditLog, createAuditLog } from "../audit-log/audit-log.ts";
import { createPruning } from "../audit-log/audit-pruning.ts";
import { createAuditReader } from "../audit-log/audit-reading.store.ts";
import type { ChainAlarm } from "../audit-log/audit-sealing.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import type { Foundation } from "./foundation.ts";

export interface AuditServices {
  audit: AuditTrail;
  auditLog: AuditLog;
  /** Forgets entries that are older than `AUDIT_RETENTION_DAYS`, and old checkpoints that are close together. */
  pruneAudit: () => Promise<void>;
}

export interface AuditServicesOptions {
  foundation: Pick<Foundation, "env" | "database">;
  keys: Pick<InternalKeys, "auditMac" | "auditKeyWrapping">;
  /** Signs checkpoints. It has its own changes told in the trail, and so comes after it. */
  keyRing: () => Pick<KeyRing, "signer" | "trust">;
  tell: (event: AuditEvent) => void;
  log: Log;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

// There from the beginning, because alerts wait for them: the first value of a series is no increase.
for (const reason of ["not-ours", "behind"]) countAuditAlarm({ reason }, 0);

export const createAuditServices = (options: AuditServicesOptions): AuditServices => {
  const { foundation, keys, keyRing, tell, log, randomBytes, now, createId } = options;
  const { env, database } = foundation;
  const macKey = keys.auditMac;
  const chain = createChainRepository(database);
  const subjectKeys = createSubjectKeys({
    repository: createSubjectKeyRepository(database),
    wrapping: createSealer(keys.auditKeyWrapping, randomBytes),
    randomBytes,
  });
  const alarm = (reason: ChainAlarm): void => {
    log("error", "audit.broken", { reason });
    countAuditAlarm({ reason });
  };
  const auditLog = createAuditLog({
    chain,
    checkpoints: createCheckpointRepository(database),
    reader: createAuditReader(database),
    subjectKeys,
    macKey,
    issuer: env.PUBLIC_URL,
    keyRing: { signer: () => keyRing().signer(), trust: (position) => keyRing().trust(position) },
    tell: (checkpoint) => {
      const { entryId, jws } = checkpoint;
      log("info", "audit.checkpoint", { entries: entryId, link: placeIn(checkpoint)?.link, jws });
    },
    alarm,
    now,
  });
  const audit = createAuditTrail({
    repository: createAuditRepository(database),
    subjectKeys,
    refusalLimit: createRefusalLimit(now),
    budget: createAuditBudget(now),
    macKey,
    randomBytes,
    occasion: currentRequest,
    tell,
    assertWritable: auditLog.assertNotBehind,
    onEntry: auditLog.expectEntry,
    now,
    createId,
  });
  const prune = createPruning({
    repository: chain,
    audit,
    macKey,
    retentionDays: env.AUDIT_RETENTION_DAYS,
    alarm,
    now,
  });
  const pruneAudit = async (): Promise<void> => {
    await prune();
    await auditLog.thinCheckpoints();
  };
  return { audit, auditLog, pruneAudit };
};
