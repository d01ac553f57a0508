/** Devices that wait, in the database. What may happen once is decided by the first statement of a transaction. */
import { and, eq, gt, isNull, sql } from "drizzle-orm";
import { FIRST_PARTY_CLIENT } from "#shared/contracts/access-token.ts";
import { appendEntry } from "../audit/audit.store.ts";
import { INSERT_REFRESH_TOKEN, openClientSession } from "../authorization/client-sessions.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { deviceRequests } from "../db/schema/device.ts";
import { sessions } from "../db/schema/sessions.ts";
import { rememberDevice } from "../sessions/known-devices.store.ts";
import { type DeviceStore, INTERVAL_MS } from "./device.ts";

/** What the network may add to the wait before one question and take from that before the next. */
const SLACK_MS = 1_000;

const DECIDE = `
  UPDATE device_requests SET decision = :decision, session_id = :sessionId
  WHERE user_code_hash = :userCodeHash AND decision IS NULL AND expires_at > :at
    AND EXISTS (SELECT 1 FROM sessions WHERE id = :sessionId AND ended_at IS NULL)
    AND (client_id = '${FIRST_PARTY_CLIENT}' OR EXISTS (SELECT 1 FROM oauth_clients WHERE id = device_requests.client_id))`;

const OPEN_SESSION = openClientSession(`
  FROM device_requests AS granted JOIN sessions AS parent ON parent.id = granted.session_id
  WHERE granted.device_code_hash = :deviceCodeHash AND granted.client_id = :clientId AND granted.decision = 'allowed'
    AND granted.expires_at > :at AND parent.ended_at IS NULL`);

const FORGET = `
  DELETE FROM device_requests
  WHERE device_code_hash = :deviceCodeHash AND EXISTS (SELECT 1 FROM sessions WHERE id = :openedSessionId)`;

export const createDeviceStore = ({ orm, client }: KmsDatabase): DeviceStore => ({
  insert: async (request) => {
    const inserted = await orm
      .insert(deviceRequests)
      .values(request)
      .onConflictDoNothing()
      .returning({ expiresAt: deviceRequests.expiresAt });
    return inserted.length === 1;
  },
  findByDeviceCode: async (hash) => {
    const [row] = await orm.select().from(deviceRequests).where(eq(deviceRequests.deviceCodeHash, hash));
    return row;
  },
  findWaiting: async (userCodeHash, at) => {
    const { userCodeHash: column, decision, expiresAt } = deviceRequests;
    const [row] = await orm
      .select()
      .from(deviceRequests)
      .where(and(eq(column, userCodeHash), isNull(decision), gt(expiresAt, at)));
    return row;
  },
  userOf: async (deviceCodeHash) => {
    const [row] = await orm
      .select({ userId: sessions.userId })
      .from(deviceRequests)
      .innerJoin(sessions, eq(sessions.id, deviceRequests.sessionId))
      .where(eq(deviceRequests.deviceCodeHash, deviceCodeHash));
    return row?.userId;
  },
  decide: async ({ at, ...change }, entry) => {
    const [decided] = await client.batch(
      [{ sql: DECIDE, args: { ...change, at: at.getTime() } }, appendEntry(entry, "changed")],
      "write",
    );
    return decided?.rowsAffected === 1;
  },
  noteAsked: async (deviceCodeHash, at) => {
    const { askedAt, intervalMs } = deviceRequests;
    const isTooSoon = sql`${askedAt} > ${at.getTime() + SLACK_MS} - ${intervalMs}`;
    const [row] = await orm
      .update(deviceRequests)
      .set({ intervalMs: sql`${intervalMs} + CASE WHEN ${isTooSoon} THEN ${INTERVAL_MS} ELSE 0 END`, askedAt: at })
      .where(eq(deviceRequests.deviceCodeHash, deviceCodeHash))
      .returning({ intervalMs });
    return row?.intervalMs ?? INTERVAL_MS;
  },
  redeem: async ({ at, refreshTokenHash, clientId, sessionJkt, sealedOrigin, seen, ...opened }, entry) => {
    const { openedSessionId } = opened;
    const [inserted] = await client.batch(
      [
        { sql: OPEN_SESSION, args: { ...opened, clientId, sessionJkt, sealedOrigin, at: at.getTime() } },
        appendEntry(entry, "changed"),
        { sql: INSERT_REFRESH_TOKEN, args: { openedSessionId, refreshTokenHash } },
        { sql: FORGET, args: opened },
        ...(seen ? rememberDevice(seen, openedSessionId) : []),
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
  purge: async (before) => {
    await client.execute({ sql: "DELETE FROM device_requests WHERE expires_at < ?", args: [before.getTime()] });
  },
});
