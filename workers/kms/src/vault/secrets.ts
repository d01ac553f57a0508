/** Secrets: versioned values at paths, replaced only by callers who know what they replace, deleted softly or for good. */
import type { KmsAction } from "#shared/contracts/audit.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Envelope, Envelopes } from "../key-encryption/envelope.ts";

/** How many versions of a secret are kept. */
export const MAX_SECRET_VERSIONS = 10;
/** Concurrent writers of one path without `cas` are serialized; each retries this often. */
const MAX_ATTEMPTS = 50;

export interface SecretVersion {
  path: string;
  version: number;
  createdAt: Date;
  deletedAt: Date | null;
  /** `null`: destroyed. */
  envelope: Envelope | null;
}

/** A version without its value. */
export interface ListedVersion extends Pick<SecretVersion, "version" | "createdAt" | "deletedAt"> {
  isDestroyed: boolean;
}

export interface SecretValue {
  path: string;
  version: number;
  value: string;
  createdAt: Date;
}

export interface NewSecretVersion {
  path: string;
  version: number;
  envelope: Envelope;
  createdAt: Date;
}

export interface SecretStore {
  /** The number of the latest version, deleted or destroyed ones included; 0 when there is none. */
  latestVersion(path: string): Promise<number>;
  /** The version of this number, or the latest one. */
  find(path: string, version: number | undefined): Promise<SecretVersion | undefined>;
  /** Paths that begin like this and whose latest version can be read, in their order, from the one after `after`. */
  listPaths(prefix: string, limit: number, after: string | undefined): Promise<string[]>;
  /** The versions that are kept, the latest first; empty when there are none. */
  listVersions(path: string): Promise<ListedVersion[]>;
  /** Stores it and forgets versions too old; false: it is not the next one any more, or its KEK was retired. */
  insert(secret: NewSecretVersion, entry: AuditEntry): Promise<boolean>;
  /** Deletes the latest version; its number, or `undefined` when it cannot be read anyway. */
  deleteLatest(path: string, at: Date, entry: AuditEntry): Promise<number | undefined>;
  /** The versions that were deleted and can be read again. */
  undelete(path: string, versions: readonly number[], entry: AuditEntry): Promise<number[]>;
  /** The versions whose values were destroyed. */
  destroy(path: string, versions: readonly number[], entry: AuditEntry): Promise<number[]>;
}

export type ReadFailure = "unknown" | "deleted" | "destroyed";

/** Seals and opens the values, and records nothing. */
export interface SecretValues {
  /** The number of the new version. `cas`: the one it must replace, 0 for none. */
  write(path: string, value: string, cas: number | undefined, entry: AuditEntry): Promise<Result<number, "conflict">>;
  /** The version of this number, or the latest one. */
  read(path: string, version: number | undefined): Promise<Result<SecretValue, ReadFailure>>;
}

export interface SecretValuesOptions {
  store: Pick<SecretStore, "latestVersion" | "find" | "insert">;
  envelopes: Envelopes;
  now: () => number;
}

/** Who may read or change a secret: one that Fountain keeps for itself is a credential. */
export type SecretGrantor = Grantor<"secret"> | Grantor<"credential">;

/** What callers do with secrets. All of it is recorded, failures too. */
export interface Secrets {
  /** The number of the new version. `cas`: the one it must replace, 0 for none. */
  write(
    path: string,
    value: string,
    cas: number | undefined,
    grantor: SecretGrantor,
  ): Promise<Result<number, "conflict">>;
  /** The version of this number, or the latest one. */
  read(path: string, version: number | undefined, grantor: SecretGrantor): Promise<Result<SecretValue, ReadFailure>>;
  /** Deletes the latest version; it can be restored. */
  delete(path: string, grantor: SecretGrantor): Promise<Result<undefined, "unknown">>;
  /** The versions that were deleted and can be read again; a failure when there are none. */
  undelete(path: string, versions: readonly number[], grantor: SecretGrantor): Promise<Result<number[], "unknown">>;
  /** The versions whose values are now destroyed; a failure when there are none. */
  destroy(path: string, versions: readonly number[], grantor: SecretGrantor): Promise<Result<number[], "unknown">>;
}

export interface SecretsOptions {
  values: SecretValues;
  store: Pick<SecretStore, "latestVersion" | "deleteLatest" | "undelete" | "destroy">;
  recorder: AuditRecorder;
  now: () => number;
}

/** The AAD context of a secret's value. */
export const secretContext = (path: string, version: number): string => `secret_versions/${path}/${version}`;

export const createSecretValues = ({ store, envelopes, now }: SecretValuesOptions): SecretValues => ({
  write: async (path, value, cas, entry) => {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const latest = await store.latestVersion(path);
      if (cas !== undefined && cas !== latest) return failure("conflict");
      const version = latest + 1;
      const envelope = await envelopes.seal(secretContext(path, version), value);
      const secret = { path, version, envelope, createdAt: new Date(now()) };
      if (await store.insert(secret, entry)) return success(version);
      await envelopes.refresh();
    }
    return failure("conflict");
  },
  read: async (path, version) => {
    const found = await store.find(path, version);
    if (!found) return failure("unknown");
    if (found.envelope === null) return failure("destroyed");
    if (found.deletedAt !== null) return failure("deleted");
    const value = await envelopes.open(secretContext(path, found.version), found.envelope);
    if (value === undefined) throw new Error("a secret cannot be decrypted: its row was modified or moved");
    return success({ path, version: found.version, value, createdAt: found.createdAt });
  },
});

export const createSecrets = ({ values, store, recorder, now }: SecretsOptions): Secrets => {
  /** Names the secret only if there is one at that path: callers choose paths. */
  const recordFailure = async (
    action: KmsAction,
    path: string,
    reason: string,
    { subject: actor }: SecretGrantor,
  ): Promise<void> => {
    const target = (await store.latestVersion(path)) > 0 ? path : undefined;
    await recorder.record({ action, outcome: "failure", actor, target, reason });
  };

  const changeVersions = async (
    action: KmsAction,
    path: string,
    grantor: SecretGrantor,
    change: (entry: AuditEntry) => Promise<number[]>,
  ): Promise<Result<number[], "unknown">> => {
    const event = { action, outcome: "success", actor: grantor.subject, target: path } as const;
    const changed = await recorder.change(event, change, ({ length }) => length > 0);
    if (changed.length > 0) return success(changed);
    await recordFailure(action, path, "unknown", grantor);
    return failure("unknown");
  };

  return {
    write: async (path, value, cas, grantor) => {
      const event = { action: "secret.write", outcome: "success", actor: grantor.subject, target: path } as const;
      const written = await recorder.change(
        event,
        (entry) => values.write(path, value, cas, entry),
        ({ ok }) => ok,
      );
      if (!written.ok) await recordFailure("secret.write", path, written.error.kind, grantor);
      return written;
    },
    read: async (path, version, grantor) => {
      const read = await values.read(path, version);
      if (read.ok)
        await recorder.record({ action: "secret.read", outcome: "success", actor: grantor.subject, target: path });
      else await recordFailure("secret.read", path, read.error.kind, grantor);
      return read;
    },
    delete: async (path, grantor) => {
      const event = { action: "secret.delete", outcome: "success", actor: grantor.subject, target: path } as const;
      const deleted = await recorder.change(event, (entry) => store.deleteLatest(path, new Date(now()), entry));
      if (deleted !== undefined) return success(undefined);
      await recordFailure("secret.delete", path, "unknown", grantor);
      return failure("unknown");
    },
    undelete: (path, versions, grantor) =>
      changeVersions("secret.undelete", path, grantor, (entry) => store.undelete(path, versions, entry)),
    destroy: (path, versions, grantor) =>
      changeVersions("secret.destroy", path, grantor, (entry) => store.destroy(path, versions, entry)),
  };
};
