/** Changes what is configured: each change is audited, and live in every process within five seconds. */
import type { KmsRpc } from "#shared/contracts/kms.ts";
import { failure, type Result, success, unwrap } from "#shared/lang/result.ts";
import type { ReportingRecorder } from "#shared/observability/recorder.ts";
import { prefixOf, type UpstreamBody, upstreamBody } from "../upstreams/upstream.ts";
import type { Kind, Source } from "./configuration.schema.ts";
import type { Followed } from "./followed.ts";
import type { ObjectStore, StoredObject } from "./stored.ts";

export interface Change {
  kind: Kind;
  name: string;
  /** As the schema of its kind gives it. */
  body: object;
  source: Source;
  /** The versions that it may replace, 0 if there may be none; `undefined`: whatever there is. */
  expected: readonly number[] | undefined;
}

/** `taken`: another upstream has its host and prefix; `scope-taken`: another one has declared a scope of its. */
export type PutFailure =
  | "changed"
  | "taken"
  | "too-many"
  | "too-many-scopes"
  | { readonly kind: "scope-taken"; readonly scope: string; readonly owner: string };

export interface Objects {
  find: ObjectStore["find"];
  list: ObjectStore["list"];
  put(change: Change): Promise<Result<StoredObject, PutFailure>>;
  remove(kind: Kind, name: string, expected: readonly number[] | undefined): Promise<"removed" | "unknown" | "changed">;
}

export interface ObjectsOptions {
  store: ObjectStore;
  kms: Pick<KmsRpc, "declareScopes" | "withdrawScopes">;
  recorder: Pick<ReportingRecorder, "change">;
  followed: Pick<Followed<unknown>, "expire">;
  /** Milliseconds since the epoch. */
  now: () => number;
}

const PUT_ACTIONS = { upstream: "upstream.put", limit: "limit.put", policy: "policy.put" } as const;
const DELETE_ACTIONS = { upstream: "upstream.delete", limit: "limit.delete", policy: "policy.delete" } as const;

/** No two upstreams are where calls would fit both. */
const claimOf = (name: string, body: UpstreamBody): string => `${body.host ?? "*"} ${prefixOf(name, body)}`;

export const createObjects = ({ store, kms, recorder, followed, now }: ObjectsOptions): Objects => {
  /** Its scopes can be granted before it is there, and never the other way round. */
  const declareScopes = async (name: string, { scopes = {} }: UpstreamBody): Promise<Result<true, PutFailure>> => {
    const declared = await kms.declareScopes(name, scopes);
    if (declared.ok) return success(true);
    switch (declared.error.kind) {
      case "taken":
        return failure("scope-taken", { scope: declared.error.scope, owner: declared.error.owner });
      case "too-many":
        return failure("too-many-scopes");
    }
  };

  const storeChange = async (change: Change): Promise<Result<StoredObject, PutFailure>> => {
    const write = { ...change, nowMs: now() };
    if (change.kind !== "upstream") return store.put({ ...write, claim: null });
    const body = upstreamBody.parse(change.body);
    const declared = await declareScopes(change.name, body);
    return declared.ok ? store.put({ ...write, claim: claimOf(change.name, body) }) : declared;
  };

  return {
    find: store.find,
    list: store.list,

    put: async (change) => {
      const event = { action: PUT_ACTIONS[change.kind], outcome: "success", target: change.name } as const;
      const stored = await recorder.change(event, () => storeChange(change));
      followed.expire();
      return stored;
    },

    remove: async (kind, name, expected) => {
      const found = await store.find(kind, name);
      if (!found) return "unknown";
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
