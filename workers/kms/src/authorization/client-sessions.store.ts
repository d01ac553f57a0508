/** The statements that open the session of a client, whatever the person let it in by. */
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";

/** Fountain's own client acts as the person, who ends its session like one that they have opened themselves. */
const IS_OWN = `granted.client_id = '${FIRST_PARTY_CLIENT}'`;

/**
 * As the person is authenticated in the session that they let the client in from, which it ends with unless they let it stay.
 * `granted`: the clauses from FROM on, in which `granted` is the row with what was granted, and `parent` that session. Arguments:
 * `openedSessionId`, `at`, `sessionJkt`, `sealedOrigin`.
 */
export const openClientSession = (granted: string): string => `
  INSERT INTO sessions
    (id, user_id, created_at, used_at, acr, amr, authenticated_at, client_id, parent_id, granted_scopes, audiences,
     jkt, sealed_origin)
  SELECT :openedSessionId, parent.user_id, :at, :at, parent.acr, parent.amr, parent.authenticated_at, granted.client_id,
    CASE WHEN ${IS_OWN} OR EXISTS (SELECT 1 FROM json_each(granted.scopes) WHERE value = 'offline_access') THEN NULL
      ELSE parent.id END,
    CASE WHEN ${IS_OWN} THEN NULL ELSE granted.scopes END, granted.audiences, :sessionJkt, :sealedOrigin
  ${granted}`;

/** Its first refresh token, if it was opened. Arguments: `refreshTokenHash`, `openedSessionId`. */
export const INSERT_REFRESH_TOKEN = `
  INSERT INTO refresh_tokens (token_hash, session_id, issued_at)
  SELECT :refreshTokenHash, id, created_at FROM sessions WHERE id = :openedSessionId`;
