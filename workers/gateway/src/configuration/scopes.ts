/** The scopes and hosts of upstreams, at the kms. They are declared before an upstream is stored, and in the end are those of what is stored. */
import type { DeclarationFailure, DeclarationRpc } from "#shared/contracts/upstreams.ts";
import { failure, type Result, success, unwrap } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { type UpstreamBody, upstreamBody } from "../upstreams/upstream.ts";
import type { ObjectStore } from "./stored.ts";

/** `scope-taken`: another one has declared a scope of its. */
export type ScopeFailure =
  | "too-many-scopes"
  | { readonly kind: "scope-taken"; readonly scope: string; readonly owner: string };

export interface Scopes {
  /** Declares those of an upstream, and its host: they can be granted before it is there, and never the other way round. */
  declare(name: string, body: UpstreamBody): Promise<Result<true, ScopeFailure>>;
  /**
   * Makes them those of the upstream that is stored under this name, none if there is none. To be called after each attempt to
   * change it: a refused one has declared others, and so has one that was overtaken.
   */
  settle(name: string): Promise<void>;
}

export interface ScopesOptions {
  store: Pick<ObjectStore, "find">;
  kms: DeclarationRpc;
}

/** Each further one follows a change that was made meanwhile. */
const MAX_ATTEMPTS = 10;

const refusalOf = (error: DeclarationFailure): Result<never, ScopeFailure> =>
  error.kind === "taken"
    ? failure("scope-taken", { scope: error.scope, owner: error.owner })
    : failure("too-many-scopes");

/** They were declared before: only what others declared in the meantime can be in the way. */
const unwrapped = (name: string, declared: Result<true, ScopeFailure>): void => {
  if (!declared.ok)
    throw new Error(`the scopes of the upstream ${name} cannot be declared again: ${declared.error.kind}`);
};

export const createScopes = ({ store, kms }: ScopesOptions): Scopes => {
  const declare: Scopes["declare"] = async (name, { scopes = {}, host }) => {
    const declared = await kms.declareScopes(name, scopes, host);
    return declared.ok ? success(true) : refusalOf(declared.error);
  };

  return {
    declare,
    settle: async (name) => {
      for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
        const stored = await store.find("upstream", name);
        if (stored === undefined) unwrap(await kms.withdrawScopes(name));
        else unwrapped(name, await declare(name, upstreamBody.parse(stored.body)));
        if ((await store.find("upstream", name))?.version === stored?.version) return;
      }
      throw new Unavailable(`the upstream ${name} is being changed all the time`);
    },
  };
};
