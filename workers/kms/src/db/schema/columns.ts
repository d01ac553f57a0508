/** What the columns of tables have in common. Instants are milliseconds since the epoch; lists are JSON arrays. */
import { integer } from "drizzle-orm/sqlite-core";

export const instant = (name: string) => integer(name, { mode: "timestamp_ms" });
