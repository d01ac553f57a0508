/** The scopes of upstreams. */
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import type { UpstreamScope } from "#shared/contracts/rights.ts";

/** A scope once declared stays its owner's, so that a right which was granted never passes to another service. */
export const upstreamScopes = sqliteTable("upstream_scopes", {
  scope: text().$type<UpstreamScope>().primaryKey(),
  /** The upstream. */
  owner: text().notNull(),
  description: text().notNull(),
  /** Whether it can be granted and is issued in tokens now. */
  isDeclared: integer("is_declared", { mode: "boolean" }).notNull(),
});
