/** Token revocation (RFC 7009): a refresh token ends its session, an access token is revoked by itself. */

import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { isOAuthClientId, serviceSubject } from "#shared/contracts/principal.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Sessions } from "../sessions/sessions.ts";
import type { VerifyToken } from "./verified-token.ts";

/** The client that asks. */
export interface RevokingClient {
  id: string;
  /** It has authenticated, or is a public client of people; a client that has not counts as the one it says it is. */
  isAuthenticated: boolean;
}

/** Succeeds for an unknown token too, which is as good as revoked (RFC 7009 §2.2). */
export type RevokeAnyToken = (
  token: string,
  client: RevokingClient,
) => Promise<Result<undefined, "trust-unavailable" | "other-client">>;

export interface TokenRevocationOptions {
  verify: VerifyToken;
  sessions: Pick<Sessions, "sessionOf" | "end">;
  /** Revokes one access token by its `jti`. */
  revoke: (tokenId: string, entry: AuditEntry) => Promise<void>;
  recorder: AuditRecorder;
}

export const createTokenRevocation = (options: TokenRevocationOptions): RevokeAnyToken => {
  const { verify, sessions, revoke, recorder } = options;

  const revokeAccessToken: RevokeAnyToken = async (token, client) => {
    const verification = await verify(token);
    if (!verification.ok)
      return verification.error.kind === "trust-unavailable" ? failure("trust-unavailable") : success(undefined);
    const { clientId, subject, tokenId, searchFilter } = verification.value;
    if (clientId !== client.id) return failure("other-client");
    // Every visitor of a page holds its scoped key, and none of them may take it from the others.
    if (searchFilter !== undefined && !client.isAuthenticated) return failure("other-client");
    const isOfPerson = clientId === FIRST_PARTY_CLIENT || isOAuthClientId(clientId);
    const actor = isOfPerson ? subject : serviceSubject(clientId);
    await recorder.change(
      { action: "token.revoke", outcome: "success", actor, target: tokenId },
      (entry) => revoke(tokenId, entry),
      () => true,
    );
    return success(undefined);
  };

  return async (token, client) => {
    const session = await sessions.sessionOf(token);
    if (!session) return revokeAccessToken(token, client);
    if (client.id !== session.clientId) return failure("other-client");
    await sessions.end(session);
    return success(undefined);
  };
};
