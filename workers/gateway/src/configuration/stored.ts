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

export interface ObjectWrite {
  kind: Kind;
  name: string;
  source: Source;
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
  /** Stores it, and says under which version. `taken`: another has its claim. `too-many`: there is no room. */
  put(write: ObjectWrite): Promise<Result<StoredObject, "changed" | "taken" | "too-many">>;
  /** Whether it was there, at one of the expected versions. */
  remove(kind: Kind, name: string, expected: readonly number[] | undefined): Promise<"removed" | "unknown" | "changed">;
}
