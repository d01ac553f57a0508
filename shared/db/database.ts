/**
 * A worker's own libSQL database: bounded waits, retries when another writer holds the lock, one error for "unavailable".
 */
import type { Client } from "@libsql/client";
import {
  createTableRelationsHelpers,
  type ExtractTablesWithRelations,
  extractTablesRelationalConfig,
} from "drizzle-orm";
import { LibSQLDatabase } from "drizzle-orm/libsql/driver-core";
import { LibSQLSession } from "drizzle-orm/libsql/session";
import { SQLiteAsyncDialect } from "drizzle-orm/sqlite-core";
import { sleep } from "../lang/sleep.ts";
import { causesOf, isUnavailable, Unavailable } from "../lang/unavailable.ts";
import { observeDatabaseCall } from "../observability/metrics.ts";
import { createClient } from "./client.ts";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./concurrency-limit.ts";
import { createStreams, pipelineUrl, type StreamsOptions } from "./streams.ts";

const REQUEST_TIMEOUT_MS = 3_000;
/**
 * Enough for 64 writers on a slow machine. An unreachable database fails every writer at once, so that no request waits.
 */
const SLOT_WAIT_MS = 3_500;
const BUSY_RETRY_BUDGET_MS = 2_500;
const BUSY_RETRY_STEP_MS = 15;
const BUSY_RETRY_MAX_MS = 200;

/** The database is unavailable; nothing was acknowledged. */
export class DatabaseUnavailable extends Unavailable {
  override readonly name = "DatabaseUnavailable";
}

const hasCode = (error: unknown, prefix: string): boolean =>
  [...causesOf(error)].some(
    (at) =>
      at instanceof Error &&
      (("code" in at && typeof at.code === "string" && at.code.startsWith(prefix)) || at.message.includes(prefix)),
  );

const isBusy = (error: unknown): boolean => hasCode(error, "SQLITE_BUSY") || hasCode(error, "SQLITE_LOCKED");

/** Whether a write was refused because it would have stored something that must be unique twice. */
export const isUniqueViolation = (error: unknown): boolean =>
  hasCode(error, "SQLITE_CONSTRAINT") && [...causesOf(error)].some((at) => String(at).includes("UNIQUE constraint"));

/** A constraint that a statement names itself, by `CHECK` or `RAISE(ABORT, name)`. */
export const violates = (error: unknown, name: string): boolean =>
  hasCode(error, "SQLITE_CONSTRAINT") && [...causesOf(error)].some((at) => String(at).includes(name));

const retryWhileBusy = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  const giveUpAtMs = Date.now() + BUSY_RETRY_BUDGET_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (Date.now() >= giveUpAtMs) throw new DatabaseUnavailable("the database is busy", { cause: error });
      await sleep(Math.random() * Math.min(BUSY_RETRY_STEP_MS * 2 ** attempt, BUSY_RETRY_MAX_MS));
    }
  }
};

const failureOutcome = (error: unknown): string => {
  if (isUnavailable(error)) return "unavailable";
  return hasCode(error, "SQLITE_CONSTRAINT") ? "constraint" : "error";
};

const measured = async <Value>(work: () => Promise<Value>): Promise<Value> => {
  const startedAtMs = Date.now();
  const observe = (outcome: string): void => observeDatabaseCall({ outcome }, (Date.now() - startedAtMs) / 1000);
  try {
    const value = await work();
    observe("ok");
    return value;
  } catch (error) {
    observe(failureOutcome(error));
    throw error;
  }
};

interface DatabaseOptions {
  DATABASE_URL: string;
  DATABASE_TOKEN: string;
  /** How many writers of this worker go at a time. */
  DATABASE_WRITERS: number;
  LIBSQL?: Pick<Fetcher, "fetch"> | undefined;
}

const createPost = ({ LIBSQL, DATABASE_TOKEN }: DatabaseOptions): StreamsOptions["post"] => {
  const headers = { authorization: `Bearer ${DATABASE_TOKEN}`, "content-type": "application/json" };
  return async (url, body) => {
    const init = { method: "POST", headers, body, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS) };
    try {
      const response = await (LIBSQL ? LIBSQL.fetch(url, init) : fetch(url, init));
      return { status: response.status, text: await response.text() };
    } catch (cause) {
      throw new DatabaseUnavailable("the database is not responding", { cause });
    }
  };
};

const connect = (bindings: DatabaseOptions): Client =>
  createClient(
    createStreams({
      url: pipelineUrl(bindings.DATABASE_URL),
      post: createPost(bindings),
      now: Date.now,
      onRefusal: (status, text) => new DatabaseUnavailable(`the database responded ${status}: ${text.slice(0, 200)}`),
    }),
  );

/** As `drizzle-orm/libsql` puts it together, which would bring a client of its own along. */
const createOrm = <Schema extends Record<string, unknown>>(client: Client, fullSchema: Schema) => {
  const { tables, tableNamesMap } = extractTablesRelationalConfig<ExtractTablesWithRelations<Schema>>(
    fullSchema,
    createTableRelationsHelpers,
  );
  const schema = { fullSchema, schema: tables, tableNamesMap };
  const dialect = new SQLiteAsyncDialect();
  const session = new LibSQLSession<Schema, ExtractTablesWithRelations<Schema>>(client, dialect, schema, {}, undefined);
  return new LibSQLDatabase<Schema>("async", dialect, session, schema);
};

const READS = /^\s*SELECT\b/i;

const isSelect = (statement: unknown): boolean => {
  const isObject = typeof statement === "object" && statement !== null && "sql" in statement;
  return READS.test(String(isObject ? statement.sql : statement));
};

const isRead = ([statement, mode]: unknown[]): boolean => {
  if (!Array.isArray(statement)) return isSelect(statement);
  return mode === "read" || (mode === undefined && statement.every(isSelect));
};

/** Drizzle names no mode; a batch that only reads needs no lock, and still sees one state of the database. */
const withMode = (args: unknown[]): unknown[] => (Array.isArray(args[0]) && isRead(args) ? [args[0], "read"] : args);

const limitWriters = (width: number): ConcurrencyLimit =>
  createConcurrencyLimit({
    width,
    now: Date.now,
    sleep,
    maxWaitMs: SLOT_WAIT_MS,
    workMs: REQUEST_TIMEOUT_MS,
    onTimeout: () => new DatabaseUnavailable("too many writers are waiting for the database"),
  });

/** The client with limited writers; everything is retried while another holds the lock, and measured. */
const withLimits = (client: Client, writers: number): Client => {
  const limited = limitWriters(writers);
  return new Proxy(client, {
    get: (target, name) => {
      const member = Reflect.get(target, name);
      if (name !== "execute" && name !== "batch") return typeof member === "function" ? member.bind(target) : member;
      return (...args: unknown[]) => {
        const work = async () => Reflect.apply(member, target, withMode(args));
        return measured(() => retryWhileBusy(isRead(args) ? work : () => limited(work)));
      };
    },
  });
};

/** Connects to the database of this worker; nothing is sent before the first query. */
export const createDatabase = <Schema extends Record<string, unknown>>(bindings: DatabaseOptions, schema: Schema) => {
  const client = withLimits(connect(bindings), bindings.DATABASE_WRITERS);
  return {
    /** Queries and single writes; each is one round trip. */
    orm: createOrm(client, schema),
    /** The bare client, for statements that drizzle cannot express and for `batch(…, "write")`. */
    client,
    /** Resolves if the database responds; fails with `DatabaseUnavailable`. */
    probe: async (): Promise<void> => {
      await client.execute("SELECT 1");
    },
  };
};

export type Database<Schema extends Record<string, unknown>> = ReturnType<typeof createDatabase<Schema>>;
