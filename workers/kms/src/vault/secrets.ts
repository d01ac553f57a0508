/** Secrets: versioned values at paths, replaced only by who knows what he replaces, deleted softly or for good. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { Envelope, Envelopes } from "../key-encryption/envelope.ts";

/** Older versions than so many are forgotten. */
export const MAX_SECRET_VERSIONS = 10;
/** Writers of one path who do not say what they replace go one after the other; this many may come in between. */
const MAX_ATTEMPTS = 50;

export interface SecretVersion {
  path: string;
  version: number;
  createdAt: Date;
  deletedAt: Date | null;
  /** `null`: destroyed. */
  envelope: Envelope | null;
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

export interface SecretRepository {
  /** The number of the latest version, whatever became of it; 0 when there is none. */
  latestVersion(path: string): Promise<number>;
  /** The version of this number, or the latest one. */
  find(path: string, version: number | undefined): Promise<SecretVersion | undefined>;
  /** Paths that begin like this and whose latest version can be read, in their order, from the one after `after`. */
  listPaths(prefix: string, limit: number, after: string | undefined): Promise<string[]>;
  /** Stores it and forgets versions too old; false: it is not the next one any more, or its KEK was retired. */
  insert(secret: NewSecretVersion, entry: AuditEntry): Promise<boolean>;
  /** Deletes the latest version; its number, or `undefined` when it cannot be read anyway. */
  deleteLatest(path: string, at: Date, entry: AuditEntry): Promise<number | undefined>;
  /** The versions that were deleted and can be read again. */
  undelete(path: string, versions: readonly number[], entry: AuditEntry): Promise<number[]>;
  /** The versions whose values are gone for good now. */
  destroy(path: string, versions: readonly number[], entry: AuditEntry): Promise<number[]>;
}

export type ReadFailure = "unknown" | "deleted" | "destroyed";

export interface Secrets {
  /** The number of the new version. `cas`: the one it must replace, 0 for none. */
  write(path: string, value: string, cas: number | undefined, entry: AuditEntry): Promise<Result<number, "conflict">>;
  /** The version of this number, or the latest one. */
  read(path: string, version: number | undefined): Promise<Result<SecretValue, ReadFailure>>;
}

export interface SecretsOptions {
  repository: Pick<SecretRepository, "latestVersion" | "find" | "insert">;
  envelopes: Envelopes;
  now: () => number;
}

/** What a secret's value is bound to. */
export const secretPlace = (path: string, version: number): string => `secret_versions/${path}/${version}`;

export const createSecrets = ({ repository, envelopes, now }: SecretsOptions): Secrets => ({
  write: async (path, value, cas, entry) => {
    for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
      const latest = await repository.latestVersion(path);
      if (cas !== undefined && cas !== latest) return failure("conflict");
      const version = latest + 1;
      const envelope = await envelopes.seal(secretPlace(path, version), value);
      const secret = { path, version, envelope, createdAt: new Date(now()) };
      if (await repository.insert(secret, entry)) return success(version);
      await envelopes.refresh();
    }
    return failure("conflict");
  },
  read: async (path, version) => {
    const found = await repository.find(path, version);
    if (!found) return failure("unknown");
    if (found.envelope === null) return failure("destroyed");
    if (found.deletedAt !== null) return failure("deleted");
    const value = await envelopes.open(secretPlace(path, found.version), found.envelope);
    if (value === undefined) throw new Error("a secret cannot be decrypted: its row was modified or moved");
    return success({ path, version: found.version, value, createdAt: found.createdAt });
  },
});
