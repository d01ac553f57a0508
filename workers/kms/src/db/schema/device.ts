/** Devices that wait for a person to let them in (RFC 8628). */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { Audience } from "#shared/contracts/access-token.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import { instant } from "./columns.ts";
import { sessions } from "./sessions.ts";

export const deviceRequests = sqliteTable(
  "device_requests",
  {
    /** HMAC of the code that the device has, which itself is stored nowhere. */
    deviceCodeHash: text("device_code_hash").primaryKey(),
    /** HMAC of the one that the person types. */
    userCodeHash: text("user_code_hash").notNull().unique(),
    clientId: text("client_id").notNull(),
    scopes: text({ mode: "json" }).$type<GrantedScope[]>().notNull(),
    audiences: text({ mode: "json" }).$type<Audience[]>(),
    /** Where the device is: the address and the user agent, sealed and bound to this row. */
    sealedOrigin: text("sealed_origin"),
    /** What the person said. */
    decision: text({ enum: ["allowed", "refused"] }),
    /** The session in which they said it. */
    sessionId: text("session_id").references(() => sessions.id, { onDelete: "cascade" }),
    /** How long the device has to wait between two questions. */
    intervalMs: integer("interval_ms").notNull(),
    askedAt: instant("asked_at"),
    expiresAt: instant("expires_at").notNull(),
  },
  (table) => [
    index("device_requests_by_expiry").on(table.expiresAt),
    index("device_requests_by_session").on(table.sessionId),
    index("device_requests_by_client").on(table.clientId),
  ],
);
