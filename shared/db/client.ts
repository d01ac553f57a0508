/** The part of `@libsql/client` that stores and drizzle use, over streams that are kept. */
import type { Client, InArgs, InStatement, ResultSet, TransactionMode } from "@libsql/client";
import { batchRequest, decodeResults, executeRequest } from "./hrana.ts";
import type { Streams } from "./streams.ts";

/** A transaction that spans requests would hold the write lock over several, and keep its stream from everyone else. */
const refuse = (): Promise<never> => Promise.reject(new Error("a transaction is one batch"));

/** A client that sends one request for each `execute` and `batch`; both fail with `StatementError`, or as the streams do. */
export const createClient = (run: Streams): Client => ({
  execute: async (statement: InStatement, args?: InArgs): Promise<ResultSet> => {
    const whole = typeof statement === "string" && args ? { sql: statement, args } : statement;
    const [result] = decodeResults(await run(executeRequest(whole)));
    if (!result) throw new Error("the database responded without a result");
    return result;
  },
  batch: async (statements, mode: TransactionMode = "deferred") =>
    decodeResults(await run(batchRequest(statements, mode))),
  migrate: refuse,
  transaction: refuse,
  executeMultiple: refuse,
  sync: refuse,
  close: () => undefined,
  reconnect: () => undefined,
  closed: false,
  protocol: "http",
});
