/** Changes what is configured: each change is audited, and live in every process within five seconds. */
import type { DeclarationRpc } from "#shared/contracts/upstreams.ts";
import { failure, type Result } from "#shared/lang/result.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import type { FaultyPart } from "../upstreams/impossible.ts";
import type { TargetRules } from "../upstreams/target-rules.ts";
import { upstreamBody } from "../upstreams/upstream.ts";
import type { Kind } from "./configuration.schema.ts";
import { claimOf } from "./file.ts";
import type { Followed } from "./followed.ts";
import { refusedIn } from "./refused.ts";
import { createScopes, type ScopeFailure } from "./scopes.ts";
import { MAX_OBJECTS, type ObjectStore, type Removal, type StoredObject } from "./stored.ts";
import { warningsOf } from "./warnings.ts";

export interface Change {
  kind: Kind;
  name: string;
  /** As the schema of its kind gives it. */
  body: object;
  /** The versions that it may replace, 0 if there may be none; `undefined`: whatever there is. */
  expected: readonly number[] | undefined;
}

/** `taken`: another upstream has its host and prefix; `of-file`: the configuration file has one of this name. */
export type PutFailure =
  | "changed"
  | "taken"
  | "too-many"
  | "of-file"
  | ScopeFailure
  | { readonly kind: "refused"; readonly parts: readonly FaultyPart[] };

export interface Objects {
  find: ObjectStore["find"];
  list: ObjectStore["list"];
  /** What of a stored object will not work as things are. */
  warningsOf(object: StoredObject): Promise<FaultyPart[]>;
  put(change: Change): Promise<Result<StoredObject, PutFailure>>;
  remove(kind: Kind, name: string, expected: readonly number[] | undefined): Promise<Removal>;
}

export interface ObjectsOptions {
  store: ObjectStore;
  kms: DeclarationRpc;
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

/** What is known to refuse an upstream before it is written. */
const refusalOf = (
  stored: readonly StoredObject[],
  { name, body, expected }: Change,
): Result<never, PutFailure> | undefined => {
  const found = stored.find((object) => object.name === name);
  if (expected !== undefined && !expected.includes(found?.version ?? 0)) return failure("changed");
  if (found === undefined && stored.length >= MAX_OBJECTS) return failure("too-many");
  const claims = (object: Pick<StoredObject, "name" | "body">): string =>
    claimOf({ name: object.name, body: upstreamBody.parse(object.body) });
  const claim = claims({ name, body });
  return stored.some((object) => object !== found && claims(object) === claim) ? failure("taken") : undefined;
};

export const createObjects = ({ store, kms, recorder, followed, targetRules, now }: ObjectsOptions): Objects => {
  const scopes = createScopes({ store, kms });

  const storeUpstream = async (change: Change): Promise<Result<StoredObject, PutFailure>> => {
    const body = upstreamBody.parse(change.body);
    // A scope stays its first owner's: what will be refused is to declare none.
    const refusal = refusalOf(await store.list("upstream"), change);
    if (refusal) return refusal;
    const declared = await scopes.declare(change.name, body);
    if (!declared.ok) return declared;
    const stored = await store.put({ ...change, claim: claimOf({ name: change.name, body }), nowMs: now() });
    await scopes.settle(change.name);
    return stored;
  };

  const storeChange = async (change: Change): Promise<Result<StoredObject, PutFailure>> => {
    const parts = refusedIn(change, targetRules);
    if (parts.length > 0) return failure("refused", { parts });
    return change.kind === "upstream" ? storeUpstream(change) : store.put({ ...change, claim: null, nowMs: now() });
  };

  return {
    find: store.find,
    list: store.list,

    warningsOf: async (object) => {
      const stored = await store.loadSince(undefined);
      return stored === "unchanged" ? [] : warningsOf(object, stored.objects);
    },

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
          if (kind === "upstream") await scopes.settle(name);
          return outcome;
        },
        (outcome) => outcome === "removed",
      );
      followed.expire();
      return removed;
    },
  };
};
