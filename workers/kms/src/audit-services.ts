/** Composes the audit trail: what writes it, what links and reads it, and what people may ask for of it. */
import { currentRequest } from "#shared/observability/context.ts";
import type { Log } from "#shared/observability/log.ts";
import { countAuditAlarm } from "#shared/observability/metrics.ts";
import { type AuditEvent, type AuditTrail, createAuditTrail } from "./domain/audit.ts";
import { createAuditBudget } from "./domain/audit-budget.ts";
import { placeIn } from "./domain/audit-checkpoints.ts";
import { type AuditLog, createAuditLog } from "./domain/audit-log.ts";
import { createPruning } from "./domain/audit-pruning.ts";
import type { ChainAlarm } from "./domain/audit-sealing.ts";
import type { KeyRing } from "./domain/key-ring.ts";
import type { RandomBytes } from "./domain/random.ts";
import { createRefusalLimit } from "./domain/refusal-limit.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import { createSealer } from "./domain/sealing.ts";
import { createSubjectKeys } from "./domain/subject-keys.ts";
import type { Foundation } from "./foundation.ts";
import { createAuditRepository, createSubjectKeyRepository } from "./store/audit.ts";
import { createChainRepository } from "./store/audit-chain.ts";
import { createCheckpointRepository } from "./store/audit-checkpoints.ts";
import { createAuditReader } from "./store/audit-reading.ts";

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
