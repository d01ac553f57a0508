/** The register of OAuth clients: entered and changed within the rights of who does it, and how they authenticate. */
import type { AuditAction } from "#shared/contracts/audit.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { type Failure, failure, type Result, success } from "#shared/lang/result.ts";
import type { Caller, Grantor } from "../accounts/granting.ts";
import { scopesBeyond } from "../accounts/rights.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import {
  type ClientChange,
  type ClientStore,
  createClientSecret,
  hashClientSecret,
  newClientId,
  type OAuthClient,
} from "./client.ts";

export type WantedClient = Omit<OAuthClient, "id" | "createdAt" | "readAt">;

/** A client, and the only time that its new secret is seen. */
export interface EnteredClient {
  client: OAuthClient;
  secret: string | undefined;
}

/** `unknown-scopes`: those that no upstream declares. */
export type ScopeFailure = Failure<"not-held" | { kind: "unknown-scopes"; unknown: readonly string[] }>;

/** `public`: such a client has no secret; `described`: what it is stands in a document of its own. */
export type ChangeFailure = ScopeFailure | Failure<"unknown" | "public" | "described">;

export interface ClientRegistry {
  enter(wanted: WantedClient, grantor: Grantor<"credential">): Promise<Result<EnteredClient, ScopeFailure>>;
  /** With `newSecret` the old one is refused from now on. */
  change(
    id: string,
    change: ClientChange & { newSecret?: boolean | undefined },
    grantor: Grantor<"credential">,
  ): Promise<Result<EnteredClient, ChangeFailure>>;
  remove(id: string, caller: Caller): Promise<Result<undefined, "unknown" | "not-held">>;
}

export interface ClientRegistryOptions {
  store: ClientStore;
  upstreamScopes: Pick<UpstreamScopes, "undeclared">;
  recorder: AuditRecorder;
  macKey: Uint8Array;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createClientRegistry = (options: ClientRegistryOptions): ClientRegistry => {
  const { store, upstreamScopes, recorder, macKey, randomBytes, now, createId } = options;

  const eventOf = (action: AuditAction, target: string, { subject: actor }: Caller) =>
    ({ action, outcome: "success", actor, target }) as const;

  /** Why the caller may not give a client these; no one gives what they lack. */
  const faultOf = async (scopes: readonly Scope[], caller: Caller): Promise<Result<undefined, ScopeFailure>> => {
    const unknown = await upstreamScopes.undeclared(scopes);
    if (unknown.length > 0) return failure("unknown-scopes", { unknown });
    return scopesBeyond(scopes, caller.scopes).length > 0 ? failure("not-held") : success(undefined);
  };

  const makeSecret = (): { secret: string; secretHash: string } => {
    const secret = createClientSecret(randomBytes);
    const secretHash = hashClientSecret(macKey, secret);
    if (secretHash === undefined) throw new Error("a new secret does not have the form of one");
    return { secret, secretHash };
  };

  /** The client, if it may ask for no more than the caller may do. */
  const findWithin = async (id: string, caller: Caller): Promise<Result<OAuthClient, "unknown" | "not-held">> => {
    const found = await store.find(id);
    if (!found) return failure("unknown");
    return scopesBeyond(found.client.scopes, caller.scopes).length > 0 ? failure("not-held") : success(found.client);
  };

  return {
    enter: async (wanted, caller) => {
      const allowed = await faultOf(wanted.scopes, caller);
      if (!allowed.ok) {
        const { kind: reason } = allowed.error;
        await recorder.record({ action: "client.create", outcome: "refused", actor: caller.subject, reason });
        return allowed;
      }
      const made = wanted.isPublic ? undefined : makeSecret();
      const client: OAuthClient = { ...wanted, id: newClientId(createId), createdAt: new Date(now()), readAt: null };
      await recorder.change(eventOf("client.create", client.id, caller), (entry) =>
        store.insert({ client, secretHash: made?.secretHash ?? null }, entry),
      );
      return success({ client, secret: made?.secret });
    },
    change: async (id, { newSecret, ...change }, caller) => {
      const found = await findWithin(id, caller);
      if (!found.ok) return found;
      if (found.value.readAt !== null) return failure("described");
      const allowed = await faultOf(change.scopes ?? [], caller);
      if (!allowed.ok) return allowed;
      if (newSecret === true && found.value.isPublic) return failure("public");
      const made = newSecret === true ? makeSecret() : undefined;
      const isChanged = await recorder.change(eventOf("client.change", id, caller), (entry) =>
        store.change(id, { ...change, ...(made && { secretHash: made.secretHash }) }, entry),
      );
      const changed = isChanged ? await store.find(id) : undefined;
      return changed ? success({ client: changed.client, secret: made?.secret }) : failure("unknown");
    },
    remove: async (id, caller) => {
      const found = await findWithin(id, caller);
      if (!found.ok) return found;
      const isRemoved = await recorder.change(eventOf("client.delete", id, caller), (entry) =>
        store.remove(id, new Date(now()), entry),
      );
      return isRemoved ? success(undefined) : failure("unknown");
    },
  };
};
