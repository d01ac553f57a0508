/** Statements with named arguments. */
import type { InStatement, InValue } from "@libsql/client";

/** The statement with those of the arguments that it names: the server refuses any other. */
export const statement = (sql: string, args: Record<string, InValue>): InStatement => {
  const names = new Set([...sql.matchAll(/:(\w+)/g)].map(([, name]) => name));
  return { sql, args: Object.fromEntries(Object.entries(args).filter(([name]) => names.has(name))) };
};
