/** Services in the database. */
import type { InStatement } from "@libsql/client";
import { asc, eq, sql } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { services } from "../db/schema/services.ts";
import { EARLIER_REVOCATION_COUNTS } from "../tokens/revocations.store.ts";
import { IN_FORCE_OF, inForce } from "../upstream-scopes/upstream-scopes.store.ts";
import type { ServiceStore } from "./service.ts";

const REVOKE_KEYS = `
  INSERT INTO revocations (revoked_id, revoked_at)
  SELECT session_id, ? FROM api_keys WHERE service = ? AND (revoked_at IS NULL OR revoked_at > ?)
  ${EARLIER_REVOCATION_COUNTS}`;

/** Right behind the audit entry of the change. */
const revokeIfChanged = (name: string, at: Date): InStatement => ({
  sql: `INSERT INTO revocations (revoked_id, revoked_at)
        SELECT session_id, :at FROM api_keys
        WHERE service = :name AND (revoked_at IS NULL OR revoked_at > :at) AND changes() > 0
        ${EARLIER_REVOCATION_COUNTS}`,
  args: { name, at: at.getTime() },
});

/** Right behind that: the tokens of the keys name other sessions from now on. */
const renewIfRevoked = (name: string): InStatement => ({
  sql: "UPDATE api_keys SET session_id = lower(hex(randomblob(16))) WHERE service = ? AND changes() > 0",
  args: [name],
});

/** Unless another change came first, or the service was removed and created again. */
const UPDATE = `
  UPDATE services SET scopes = :scopes, rotate_after_days = :rotateAfterDays
  WHERE name = :name AND created_at = :createdAt AND ${IN_FORCE_OF("scopes")} = :found`;

/** Keys that their owner was to be sent. */
const WITHDRAW_SUCCESSORS = `
  UPDATE api_keys SET revoked_at = :at
  WHERE revoked_at IS NULL
    AND id IN (SELECT key_id FROM webhook_deliveries WHERE service = :name AND type = 'key.rotated')`;

const SERVICE = {
  name: services.name,
  scopes: inForce(services.scopes),
  rotateAfterDays: services.rotateAfterDays,
  createdAt: services.createdAt,
  webhookUrl: services.webhookUrl,
};

/** Found along the index of names, so that no more rows are read than are on the page. */
const listed = (limit: number, after: string, search: string) => sql`${services}.rowid IN (
  SELECT rowid FROM services WHERE name > ${after} AND instr(lower(name), lower(${search})) > 0 ORDER BY name LIMIT ${limit})`;

export const createServiceStore = ({ orm, client }: KmsDatabase): ServiceStore => ({
  find: async (name) => (await orm.select(SERVICE).from(services).where(eq(services.name, name)))[0],
  list: (limit, after = "", search = "") =>
    orm
      .select(SERVICE)
      .from(services)
      .where(listed(limit, after, search))
      .orderBy(asc(services.name)),
  listNames: async () => (await orm.select({ name: services.name }).from(services)).map(({ name }) => name),
  insert: async ({ name, scopes, rotateAfterDays, createdAt, webhook }, entry) => {
    const [inserted] = await client.batch(
      [
        {
          sql: `INSERT INTO services (name, scopes, rotate_after_days, created_at, webhook_url, webhook_secret)
                VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
          args: [
            name,
            JSON.stringify(scopes),
            rotateAfterDays,
            createdAt.getTime(),
            webhook?.url ?? null,
            webhook?.secret ?? null,
          ],
        },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  update: async (found, { scopes, rotateAfterDays }, revokes, at, entry) => {
    const { name, createdAt } = found;
    const stored = { name, createdAt: createdAt.getTime(), found: JSON.stringify(found.scopes) };
    const [changed] = await client.batch(
      [
        { sql: UPDATE, args: { ...stored, scopes: JSON.stringify(scopes), rotateAfterDays } },
        appendEntry(entry, "changed"),
        ...(revokes ? [revokeIfChanged(name, at), renewIfRevoked(name)] : []),
      ],
      "write",
    );
    return changed?.rowsAffected === 1;
  },
  setWebhook: async (name, webhook, at, entry) => {
    const statements: InStatement[] = [
      {
        sql: "UPDATE services SET webhook_url = ?, webhook_secret = ? WHERE name = ?",
        args: [webhook?.url ?? null, webhook?.secret ?? null, name],
      },
      appendEntry(entry, "changed"),
    ];
    if (webhook === null)
      statements.push(
        { sql: WITHDRAW_SUCCESSORS, args: { name, at: at.getTime() } },
        { sql: "DELETE FROM webhook_deliveries WHERE service = ?", args: [name] },
      );
    const [changed] = await client.batch(statements, "write");
    return changed?.rowsAffected === 1;
  },
  remove: async (name, at, entry) => {
    const results = await client.batch(
      [
        { sql: REVOKE_KEYS, args: [at.getTime(), name, at.getTime()] },
        { sql: "DELETE FROM api_keys WHERE service = ?", args: [name] },
        { sql: "DELETE FROM webhook_deliveries WHERE service = ?", args: [name] },
        { sql: "DELETE FROM key_usage WHERE service = ?", args: [name] },
        { sql: "DELETE FROM services WHERE name = ?", args: [name] },
        appendEntry(entry, "changed"),
      ],
      "write",
    );
    return results[4]?.rowsAffected === 1;
  },
});
