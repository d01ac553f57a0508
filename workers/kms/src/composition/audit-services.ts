/**
 * Composes the audit trail, in two steps: what records comes before the signing keys, whose changes are recorded; what
 * links and reads the trail comes after them, because checkpoints are signed.
 */
import { currentRequest } from "#shared/observability/context.ts";
import type { Log } from "#shared/observability/log.ts";
import { countAuditAlarm } from "#shared/observability/metrics.ts";
import { createRecorder } from "#shared/observability/recorder.ts";
import { createAuditStore, createSubjectKeyStore } from "../audit/audit.store.ts";
import { type AuditTrail, createAuditTrail } from "../audit/audit.ts";
import { createAuditBudget } from "../audit/audit-budget.ts";
import type { AuditRecorder, TrailSink } from "../audit/audit-entry.ts";
import { createRefusalLimit } from "../audit/refusal-limit.ts";
import { createSubjectKeys, type SubjectKeys } from "../audit/subject-keys.ts";
import { createChainStore } from "../audit-log/audit-chain.store.ts";
import { createCheckpointStore } from "../audit-log/audit-checkpoints.store.ts";
import { placeIn } from "../audit-log/audit-checkpoints.ts";
import { type AuditLog, createAuditLog } from "../audit-log/audit-log.ts";
import { createPruning } from "../audit-log/audit-pruning.ts";
import { createAuditReader } from "../audit-log/audit-reading.store.ts";
import type { ChainAlarm } from "../audit-log/audit-sealing.ts";
import { createTrailSink, storingIfWritable } from "../audit-log/trail-sink.ts";
import { assertNotBehind, createTrailState, expectEntry, type TrailState } from "../audit-log/trail-state.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import type { KeyRing } from "../tokens/key-ring.ts";
import type { Foundation } from "./foundation.ts";

interface AuditOptions {
  foundation: Pick<Foundation, "env" | "database">;
  keys: Pick<InternalKeys, "auditMac" | "auditKeyWrapping">;
  log: Log;
  now: () => number;
}

export interface AuditTrailServicesOptions extends Omit<AuditOptions, "foundation"> {
  foundation: Pick<Foundation, "database">;
  randomBytes: RandomBytes;
  createId: () => string;
}

/** What records. */
export interface AuditTrailServices {
  audit: AuditTrail;
  recorder: AuditRecorder;
  sink: TrailSink;
  state: TrailState;
  subjectKeys: SubjectKeys;
}

export interface AuditLogServicesOptions extends AuditOptions {
  trail: AuditTrailServices;
  /** Signs checkpoints. */
  keyRing: Pick<KeyRing, "signer" | "trust">;
}

/** What links and reads the trail. */
export interface AuditLogServices {
  auditLog: AuditLog;
  /** Forgets entries that are older than `AUDIT_RETENTION_DAYS`, and old checkpoints that are close together. */
  pruneAudit: () => Promise<void>;
}

export const createAuditTrailServices = (options: AuditTrailServicesOptions): AuditTrailServices => {
  const { foundation, keys, log, randomBytes, now, createId } = options;
  const { database } = foundation;
  const state = createTrailState();
  const subjectKeys = createSubjectKeys({
    store: createSubjectKeyStore(database),
    wrapping: createSealer(keys.auditKeyWrapping, randomBytes),
    randomBytes,
  });
  const audit = createAuditTrail({
    store: createAuditStore(database),
    subjectKeys,
    refusalLimit: createRefusalLimit(now),
    budget: createAuditBudget(now),
    macKey: keys.auditMac,
    randomBytes,
    currentRequest,
    assertWritable: () => assertNotBehind(state),
    onEntry: (event) => expectEntry(state, event),
    now,
    createId,
  });
  const sink = createTrailSink(audit, state);
  return { audit, recorder: createRecorder(log, sink), sink, state, subjectKeys };
};

export const createAuditLogServices = (options: AuditLogServicesOptions): AuditLogServices => {
  const { foundation, keys, trail, keyRing, log, now } = options;
  const { env, database } = foundation;
  const { recorder, sink, state, subjectKeys } = trail;
  const macKey = keys.auditMac;
  const chain = createChainStore(database);
  const alarm = (reason: ChainAlarm): void => {
    log("error", "audit.broken", { reason });
    countAuditAlarm({ reason });
  };
  const auditLog = createAuditLog({
    chain,
    state,
    checkpoints: createCheckpointStore(database),
    reader: createAuditReader(database),
    subjectKeys,
    macKey,
    issuer: env.PUBLIC_URL,
    keyRing,
    recorder: createRecorder(log, storingIfWritable(sink)),
    onCheckpoint: (checkpoint) => {
      const { entryId, jws } = checkpoint;
      log("info", "audit.checkpoint", { entries: entryId, link: placeIn(checkpoint)?.link, jws });
    },
    alarm,
    now,
  });
  const prune = createPruning({
    store: chain,
    recorder,
    macKey,
    retentionDays: env.AUDIT_RETENTION_DAYS,
    alarm,
    now,
  });
  const pruneAudit = async (): Promise<void> => {
    await prune();
    await auditLog.thinCheckpoints();
  };
  return { auditLog, pruneAudit };
};
