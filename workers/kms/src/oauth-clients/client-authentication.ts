/** How OAuth clients authenticate (RFC 6749 §2.3): by their secret, or not at all where they cannot keep one. */
import type { AuditAction } from "#shared/contracts/audit.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { noteClient } from "#shared/observability/context.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { isSameHash } from "../crypto/mac.ts";
import { type ClientStore, hashClientSecret, type OAuthClient } from "./client.ts";
import { isOwnClient } from "./own-client.ts";

/** Its id, and the secret where one was sent. */
export interface ClaimedClient {
  id: string;
  secret: string | undefined;
}

/**
 * The client, if it is who it says; a failure is recorded as one of the `action`. What the request leads to is recorded as done by
 * way of this client. The reasons are for the log alone.
 */
export type AuthenticateClient = (
  claimed: ClaimedClient,
  action: AuditAction,
) => Promise<Result<OAuthClient, "unknown" | "wrong-secret">>;

export interface ClientAuthenticationOptions {
  clients: Pick<ClientStore, "find">;
  macKey: Uint8Array;
  recorder: AuditRecorder;
}

export const createClientAuthentication = (options: ClientAuthenticationOptions): AuthenticateClient => {
  const { clients, macKey, recorder } = options;

  const check = async ({ id, secret }: ClaimedClient): Promise<Result<OAuthClient, "unknown" | "wrong-secret">> => {
    const found = await clients.find(id);
    if (!found) return failure("unknown");
    const { client, secretHash } = found;
    const hash = secret === undefined ? undefined : hashClientSecret(macKey, secret);
    // A public client that sends a secret is not the one that was registered.
    if (secretHash === null) return secret === undefined ? success(client) : failure("wrong-secret");
    return hash !== undefined && isSameHash(hash, secretHash) ? success(client) : failure("wrong-secret");
  };

  return async (claimed, action) => {
    const checked = await check(claimed);
    if (!checked.ok) await recorder.record({ action, outcome: "failure", reason: checked.error.kind });
    else if (!isOwnClient(checked.value)) noteClient(checked.value.id);
    return checked;
  };
};
