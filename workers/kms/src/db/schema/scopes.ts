/** What upstreams declare: their scopes, and hosts. */
import { index, integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
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

/** The hosts that upstreams have to themselves, each with the upstreams there. */
export const upstreamHosts = sqliteTable(
  "upstream_hosts",
  {
    /** The upstream. */
    owner: text().primaryKey(),
    host: text().notNull(),
  },
  (table) => [index("upstream_hosts_by_host").on(table.host)],
);
