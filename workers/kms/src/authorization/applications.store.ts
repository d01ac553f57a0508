/** The applications of people in the database. */
import { z } from "zod";
import { type GrantedScope, isIdentityScope, isScope } from "#shared/contracts/rights.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import type { ApplicationStore } from "./applications.ts";

const LIST = `
  SELECT client.id, client.name, consent.granted_at, MAX(session.used_at) AS used_at,
    json_group_array(DISTINCT scope.value) FILTER (WHERE scope.value IS NOT NULL) AS scopes
  FROM (
    SELECT client_id AS id FROM consents WHERE user_id = :userId UNION
    SELECT +client_id FROM sessions WHERE user_id = :userId AND ended_at IS NULL) AS connected
  CROSS JOIN oauth_clients AS client ON client.id = connected.id
  LEFT JOIN consents AS consent ON consent.client_id = client.id AND consent.user_id = :userId
  LEFT JOIN sessions AS session
    ON +session.client_id = client.id AND session.user_id = :userId AND session.ended_at IS NULL
  LEFT JOIN json_each(json_array(consent.scopes, session.granted_scopes)) AS part
  LEFT JOIN json_each(part.value) AS scope
  WHERE client.id > :after
  GROUP BY client.id ORDER BY client.id LIMIT :limit`;

/** Changes a row exactly where there is something to take back. */
const DECIDE = `
  INSERT INTO consents (user_id, client_id, scopes, granted_at)
  SELECT :userId, :clientId, '[]', :at
  WHERE EXISTS (SELECT 1 FROM consents WHERE user_id = :userId AND client_id = :clientId)
    OR EXISTS (SELECT 1 FROM sessions WHERE user_id = :userId AND client_id = :clientId AND ended_at IS NULL)
  ON CONFLICT (user_id, client_id) DO UPDATE SET scopes = excluded.scopes`;

const REVOKE_TOKENS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT id, :at FROM sessions WHERE user_id = :userId AND client_id = :clientId AND ended_at IS NULL
  ${EARLIER_REVOCATION_COUNTS}`;

const END_SESSIONS = `
  UPDATE sessions SET ended_at = :at WHERE user_id = :userId AND client_id = :clientId AND ended_at IS NULL`;

const FORGET = [
  `DELETE FROM authorization_codes WHERE client_id = :clientId AND consumed_at IS NULL
     AND session_id IN (SELECT id FROM sessions WHERE user_id = :userId)`,
  `DELETE FROM device_requests WHERE client_id = :clientId
     AND session_id IN (SELECT id FROM sessions WHERE user_id = :userId)`,
  "DELETE FROM consents WHERE user_id = :userId AND client_id = :clientId",
];

const row = z.object({
  id: z.string(),
  name: z.string(),
  granted_at: z.number().nullable(),
  used_at: z.number().nullable(),
  scopes: z.string(),
});

const instant = (at: number | null): Date | null => (at === null ? null : new Date(at));
const isGranted = (name: string): name is GrantedScope => isIdentityScope(name) || isScope(name);

export const createApplicationStore = ({ client }: KmsDatabase): ApplicationStore => ({
  list: async (userId, limit, after = "") => {
    const { rows } = await client.execute({ sql: LIST, args: { userId, after, limit } });
    return rows.map((found) => {
      const { id, name, granted_at, used_at, scopes } = row.parse({ ...found });
      const names = z.array(z.string()).parse(JSON.parse(scopes));
      return {
        clientId: id,
        name,
        scopes: names.filter(isGranted).sort(),
        grantedAt: instant(granted_at),
        usedAt: instant(used_at),
      };
    });
  },
  disconnect: async (userId, clientId, at, entry) => {
    const whose = { userId, clientId };
    const args = { ...whose, at: at.getTime() };
    const [decided] = await client.batch(
      [
        { sql: DECIDE, args },
        appendEntry(entry, "changed"),
        { sql: REVOKE_TOKENS, args },
        { sql: END_SESSIONS, args },
        ...FORGET.map((sql) => ({ sql, args: whose })),
      ],
      "write",
    );
    return decided?.rowsAffected === 1;
  },
});
