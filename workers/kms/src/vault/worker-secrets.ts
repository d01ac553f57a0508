/** Secrets that the workers keep for themselves: at the paths in this table, and nowhere else. */

import type { SecretWrite, StoredSecret } from "#shared/contracts/kms.ts";
import type { WorkerSubject } from "#shared/contracts/principal.ts";
import { coversSecretPath, isSecretPath } from "#shared/contracts/secret-path.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { SecretValues } from "./secrets.ts";

/** Who may read and write where. */
const PATTERNS = { "worker:search": "typesense/*" } satisfies Record<WorkerSubject, string>;

export interface WorkerSecrets {
  read(path: string): Promise<Result<StoredSecret, "unknown" | "forbidden">>;
  write(write: SecretWrite): Promise<Result<number, "conflict" | "forbidden">>;
}

export interface WorkerSecretsOptions {
  values: SecretValues;
  recorder: AuditRecorder;
}

const keeperOf = (path: string): string | undefined =>
  isSecretPath(path) ? Object.entries(PATTERNS).find(([, pattern]) => coversSecretPath(pattern, path))?.[0] : undefined;

/** Whether a worker keeps this one for itself: to show or change it is to grant, or replace, a credential of Fountain. */
export const isKeptByWorker = (path: string): boolean => keeperOf(path) !== undefined;

export const createWorkerSecrets = ({ values, recorder }: WorkerSecretsOptions): WorkerSecrets => ({
  read: async (path) => {
    const actor = keeperOf(path);
    if (actor === undefined) return failure("forbidden");
    const read = await values.read(path, undefined);
    if (!read.ok) return failure("unknown");
    await recorder.record({ action: "secret.read", outcome: "success", actor, target: path });
    return success({ version: read.value.version, value: read.value.value });
  },
  write: async ({ path, value, cas }) => {
    const actor = keeperOf(path);
    if (actor === undefined) return failure("forbidden");
    return recorder.change(
      { action: "secret.write", outcome: "success", actor, target: path },
      (entry) => values.write(path, value, cas, entry),
      ({ ok }) => ok,
    );
  },
});
