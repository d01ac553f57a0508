/** Changes what is configured: each change is audited, and live in every process within five seconds. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { failure, type Result, success, unwrap } from "#shared/lang/result.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { FieldError } from "#shared/problem/problem.ts";
import { refusedTargets, type TargetRules } from "../upstreams/target-rules.ts";
import { type UpstreamBody, upstreamBody } from "../upstreams/upstream.ts";
import type { Kind } from "./configuration.schema.ts";
import { claimOf } from "./file.ts";
import type { Followed } from "./followed.ts";
import type { ObjectStore, Removal, StoredObject } from "./stored.ts";

export interface Change {
  kind: Kind;
  name: string;
  /** As the schema of its kind gives it. */
  body: object;
  /** The versions that it may replace, 0 if there may be none; `undefined`: whatever there is. */
  expected: readonly number[] | undefined;
}

/** `scope-taken`: another one has declared a scope of its. */
export type ScopeFailure =
  | "too-many-scopes"
  | { readonly kind: "scope-taken"; readonly scope: string; readonly owner: string };

/** `taken`: another upstream has its host and prefix; `of-file`: the configuration file has one of this name. */
export type PutFailure =
  | "changed"
  | "taken"
  | "too-many"
  | "of-file"
  | ScopeFailure
  | { readonly kind: "target-refused"; readonly errors: FieldError[] };

export interface Objects {
  find: ObjectStore["find"];
  list: ObjectStore["list"];
  put(change: Change): Promise<Result<StoredObject, PutFailure>>;
  remove(kind: Kind, name: string, expected: readonly number[] | undefined): Promise<Removal>;
}

export interface ObjectsOptions {
  store: ObjectStore;
  kms: Pick<KmsRpc, "declareScopes" | "withdrawScopes">;
  recorder: Pick<ReportingRecorder, "change">;
  followed: Pick<Followed<unknown>, "expire">;
  targetRules: TargetRules;
  /** Milliseconds since the epoch. */
  now: () => number;
}

export const PUT_ACTIONS = { upstream: "upstream.put", limit: "limit.put", policy: "policy.put" } as const;
export const DELETE_ACTIONS = {
  upstream: "upstream.delete",
  limit: "limit.delete",
  policy: "policy.delete",
} as const;

/** Declares an upstream's scopes at the kms: they can be granted before it is there, and never the other way round. */
export const declareScopes = async (
  kms: Pick<KmsRpc, "declareScopes">,
  name: string,
  { scopes = {} }: UpstreamBody,
): Promise<Result<true, ScopeFailure>> => {
  const declared = await kms.declareScopes(name, scopes);
  if (declared.ok) return success(true);
  switch (declared.error.kind) {
    case "taken":
      return failure("scope-taken", { scope: declared.error.scope, owner: declared.error.owner });
    case "too-many":
      return failure("too-many-scopes");
  }
};

export const createObjects = ({ store, kms, recorder, followed, targetRules, now }: ObjectsOptions): Objects => {
  const storeChange = async (change: Change): Promise<Result<StoredObject, PutFailure>> => {
    const write = { ...change, nowMs: now() };
    if (change.kind !== "upstream") return store.put({ ...write, claim: null });
    const body = upstreamBody.parse(change.body);
    const errors = refusedTargets(body, targetRules).map(({ path, detail }) => ({
      pointer: `#/${path.join("/")}`,
      detail,
    }));
    if (errors.length > 0) return failure("target-refused", { errors });
    const declared = await declareScopes(kms, change.name, body);
    return declared.ok ? store.put({ ...write, claim: claimOf({ name: change.name, body }) }) : declared;
  };

  return {
    find: store.find,
    list: store.list,

    put: async (change) => {
      if ((await store.find(change.kind, change.name))?.source === "file") return failure("of-file");
      const event = { action: PUT_ACTIONS[change.kind], outcome: "success", target: change.name } as const;
      const stored = await recorder.change(event, () => storeChange(change));
      followed.expire();
      return stored;
    },

    remove: async (kind, name, expected) => {
      const found = await store.find(kind, name);
      if (!found) return "unknown";
      if (found.source === "file") return "of-file";
      const event = { action: DELETE_ACTIONS[kind], outcome: "success", target: name } as const;
      const removed = await recorder.change(
        event,
        async () => {
          const outcome = await store.remove(kind, name, expected);
          if (outcome === "removed" && kind === "upstream") unwrap(await kms.withdrawScopes(name));
          return outcome;
        },
        (outcome) => outcome === "removed",
      );
      followed.expire();
      return removed;
    },
  };
};
