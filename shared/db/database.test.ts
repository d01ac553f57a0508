import { createPrivateKey, randomBytes } from "node:crypto";
import { Agent } from "node:http";
import { sql } from "drizzle-orm";
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import {
  deleteNamespace,
  ensureNamespace,
  fetchThrough,
  mintDatabaseToken,
  namespaceUrl,
} from "../../runtime/libsql/sqld-client.ts";
import { isUnavailable } from "../lang/unavailable.ts";
import { createDatabase, type Database, isUniqueViolation, violates } from "./database.ts";

const items = sqliteTable("items", { id: integer().primaryKey(), name: text().notNull().unique() });
const schema = { items };

type Server = Pick<Fetcher, "fetch">;

const namespace = `t${randomBytes(6).toString("hex")}-shared`;
const agent = new Agent({ keepAlive: true });
let token: string;
let server: Server;
let database: Database<typeof schema>;

const connect = (LIBSQL: Server, DATABASE_TOKEN = token): Database<typeof schema> =>
  createDatabase({ DATABASE_URL: namespaceUrl(namespace), DATABASE_TOKEN, DATABASE_WRITERS: 2, LIBSQL }, schema);

const failureOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

beforeAll(async () => {
  const { sqld, signingKeyPem } = inject("testRun");
  token = await mintDatabaseToken(createPrivateKey(signingKeyPem), namespace);
  await ensureNamespace(sqld, namespace);
  const through = fetchThrough(sqld.port, agent);
  server = { fetch: (input, init) => through(new Request(input, init)) };
  database = connect(server);
  await database.client.batch(
    [
      "CREATE TABLE items (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE)",
      `CREATE TRIGGER no_gaps BEFORE INSERT ON items WHEN new.id > 1000
       BEGIN SELECT RAISE(ABORT, 'too_far'); END`,
    ],
    "write",
  );
});
afterAll(async () => {
  database.client.close();
  agent.destroy();
  await deleteNamespace(inject("testRun").sqld, namespace);
});

describe("a database that answers", () => {
  test("is probed, read and written", async () => {
    await database.probe();
    await database.orm.insert(items).values({ id: 1, name: "one" });
    expect(await database.orm.select().from(items)).toEqual([{ id: 1, name: "one" }]);
  });

  test("writes a batch whole or not at all", async () => {
    const before = await database.orm.$count(items);
    const refused = await failureOf(
      database.client.batch(
        ["INSERT INTO items VALUES (20, 'twenty')", "INSERT INTO items VALUES (20, 'again')"],
        "write",
      ),
    );
    expect(refused).toBeInstanceOf(Error);
    expect(await database.orm.$count(items)).toBe(before);
  });

  test("tells what must be unique from what a statement refuses by name, in whatever it is wrapped", async () => {
    await database.orm.insert(items).values({ id: 2, name: "two" });
    const twice = await failureOf(database.orm.insert(items).values({ id: 3, name: "two" }));
    const tooFar = await failureOf(database.orm.insert(items).values({ id: 2000, name: "far" }));
    const wrapped = new Error("storing failed", { cause: twice });
    expect([twice, wrapped, tooFar].map(isUniqueViolation)).toEqual([true, true, false]);
    expect([twice, tooFar].map((error) => violates(error, "too_far"))).toEqual([false, true]);
    expect([twice, tooFar].map(isUnavailable)).toEqual([false, false]);
    expect(isUniqueViolation(new Error("UNIQUE constraint"))).toBe(false);
  });

  test("does not take a mistake of ours for an outage", async () => {
    expect(isUnavailable(await failureOf(database.orm.run(sql`SELECT * FROM nothing`)))).toBe(false);
  });
});

describe("a database that cannot be asked", () => {
  test.each<[string, Server]>([
    ["refuses connections", { fetch: () => Promise.reject(new TypeError("connection refused")) }],
    ["answers 502", { fetch: async () => new Response("bad gateway", { status: 502 }) }],
  ])("and %s is unavailable", async (_, broken) => {
    const { orm, probe, client } = connect(broken);
    for (const work of [orm.select().from(items), probe(), client.batch(["SELECT 1"], "write")]) {
      expect(isUnavailable(await failureOf(work))).toBe(true);
    }
  });

  test("because its token is not good for it is unavailable, and the token is in no message", async () => {
    const error = await failureOf(connect(server, "not-a-token").probe());
    expect(isUnavailable(error)).toBe(true);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("not-a-token");
  });

  test("is given three seconds, not more", async () => {
    const signals: (AbortSignal | null | undefined)[] = [];
    const timeout = vi.spyOn(AbortSignal, "timeout");
    const silent: Server = {
      fetch: (_, init) => {
        signals.push(init?.signal);
        return Promise.reject(new DOMException("The operation timed out", "TimeoutError"));
      },
    };
    expect(isUnavailable(await failureOf(connect(silent).probe()))).toBe(true);
    expect(timeout).toHaveBeenCalledWith(3_000);
    expect(signals).toEqual([timeout.mock.results[0]?.value]);
    timeout.mockRestore();
  });
});

describe("a database whose lock another writer holds", () => {
  const busy = (): Response =>
    Response.json({
      baton: null,
      base_url: null,
      results: [
        { type: "error", error: { message: "SQLite error: database is locked", code: "SQLITE_BUSY" } },
        { type: "ok", response: { type: "close" } },
      ],
    });

  test("is asked again until it is free", async () => {
    let refusals = 3;
    const contended: Server = {
      fetch: (input, init) => {
        refusals -= 1;
        return refusals >= 0 ? Promise.resolve(busy()) : server.fetch(input, init);
      },
    };
    await connect(contended).client.execute("INSERT INTO items VALUES (30, 'thirty')");
    expect(refusals).toBe(-1);
    expect((await database.client.execute("SELECT name FROM items WHERE id = 30")).rows[0]?.["name"]).toBe("thirty");
  });

  test("is given up after two and a half seconds, as unavailable", async () => {
    let nowMs = 0;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => nowMs);
    const held: Server = {
      fetch: async () => {
        nowMs += 1_000;
        return busy();
      },
    };
    const error = await failureOf(connect(held).client.execute("INSERT INTO items VALUES (31, 'never')"));
    clock.mockRestore();
    expect(isUnavailable(error)).toBe(true);
    expect(nowMs).toBe(3_000);
  });
});

describe("many callers at once", () => {
  const inFlightAtMost = async (work: (database: Database<typeof schema>) => Promise<unknown>): Promise<number> => {
    let inFlight = 0;
    let most = 0;
    const counting: Server = {
      fetch: async (input, init) => {
        inFlight += 1;
        most = Math.max(most, inFlight);
        return server.fetch(input, init).finally(() => {
          inFlight -= 1;
        });
      },
    };
    const shared = connect(counting);
    await Promise.all(Array.from({ length: 16 }, () => work(shared)));
    return most;
  };

  test("write as many at a time as they may, by statement and by batch", async () => {
    const rename = "UPDATE items SET name = name";
    expect(await inFlightAtMost(({ orm }) => orm.update(items).set({ name: sql`name` }))).toBe(2);
    expect(await inFlightAtMost(({ client }) => client.execute({ sql: rename, args: [] }))).toBe(2);
    expect(await inFlightAtMost(({ client }) => client.batch([rename], "write"))).toBe(2);
  });

  test("read all at once, batches too", async () => {
    expect(await inFlightAtMost(({ orm }) => orm.select().from(items))).toBe(16);
    const read = ({ orm }: Database<typeof schema>) =>
      orm.batch([orm.select().from(items), orm.select({ id: items.id }).from(items)]);
    expect(await inFlightAtMost(read)).toBe(16);
  });

  test("are held to one that may write when a batch is not all reading", async () => {
    const mixed = ({ client }: Database<typeof schema>) => client.batch(["SELECT 1", "UPDATE items SET name = name"]);
    expect(await inFlightAtMost(mixed)).toBe(2);
  });
});
