/** What is configured, as a store keeps it. */
import type { Result } from "#shared/lang/result.ts";
import type { Kind, Source } from "./configuration.schema.ts";

/** An object as it is stored. `body` was checked when it was stored. */
export interface StoredObject {
  kind: Kind;
  name: string;
  version: number;
  source: Source;
  body: unknown;
  createdAtMs: number;
  updatedAtMs: number;
}

/** Everything, at one revision. */
export interface StoredConfiguration {
  revision: number;
  objects: readonly StoredObject[];
}

export interface ObjectKey {
  kind: Kind;
  name: string;
}

export interface ObjectWrite extends ObjectKey {
  body: unknown;
  /** What no other object may have. */
  claim: string | null;
  /** The versions that it may replace (`If-Match`), 0 if there may be none; `undefined`: whatever there is. */
  expected: readonly number[] | undefined;
  nowMs: number;
}

export interface ObjectStore {
  /** Everything, unless nothing has changed since this revision. */
  loadSince(revision: number | undefined): Promise<StoredConfiguration | "unchanged">;
  find(kind: Kind, name: string): Promise<StoredObject | undefined>;
  list(kind: Kind): Promise<StoredObject[]>;
  /**
   * Stores it, and says under which version. `taken`: another has its claim. `too-many`: there is no room. `of-file`: it is the
   * configuration file's, and only that replaces it.
   */
  put(write: ObjectWrite): Promise<Result<StoredObject, "changed" | "taken" | "too-many" | "of-file">>;
  /** Whether it was there, at one of the expected versions, and not the configuration file's. */
  remove(kind: Kind, name: string, expected: readonly number[] | undefined): Promise<Removal>;
  /** Writes all of it as the configuration file's, unless anything was changed since the revision. */
  replace(replacement: FileReplacement): Promise<boolean>;
}

export type Removal = "removed" | "unknown" | "changed" | "of-file";

export interface FileReplacement {
  revision: number;
  writes: readonly (ObjectKey & Pick<ObjectWrite, "body" | "claim">)[];
  removals: readonly ObjectKey[];
  nowMs: number;
}

/** Of each kind, in an installation: what each process holds, and looks through. */
export const MAX_OBJECTS = 200;
