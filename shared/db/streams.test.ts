import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type SqldOptions, spawnSqld, waitForSqld } from "../../runtime/libsql/sqld.ts";
import { ensureNamespace, fetchThrough, mintDatabaseToken, namespaceUrl } from "../../runtime/libsql/sqld-client.ts";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { createClient } from "./client.ts";
import { createStreams, pipelineUrl, type StreamsOptions } from "./streams.ts";

const NAMESPACE = "kept";
const root = mkdtempSync(path.join(tmpdir(), "fountain-streams-"));
const { privateKey: signingKey } = generateKeyPairSync("ed25519");
const guard = createGuard();
const agent = new Agent({ keepAlive: true });
let options: SqldOptions;
let sqld: ReturnType<typeof spawnSqld>;
let post: StreamsOptions["post"];

const start = async (): Promise<void> => {
  sqld = spawnSqld(options);
  guard.watch("sqld", sqld.pid);
  await waitForSqld(options.port, sqld);
};

beforeAll(async () => {
  const [port, adminPort] = await freePorts();
  const adminKey = randomBytes(16).toString("hex");
  options = { dataDirectory: path.join(root, "data"), port, adminPort, adminKey, signingKey };
  await start();
  await ensureNamespace(options, NAMESPACE);
  const headers = { authorization: `Bearer ${await mintDatabaseToken(signingKey, NAMESPACE)}` };
  const through = fetchThrough(port, agent);
  post = async (url, body) => {
    const response = await through(new Request(url, { method: "POST", headers, body }));
    return { status: response.status, text: await response.text() };
  };
});
afterAll(async () => {
  agent.destroy();
  await stopProcess(sqld);
  guard.release();
  rmSync(root, { recursive: true });
});

interface Exchange {
  url: string;
  /** What continued the stream, and what continues it. */
  sent: string | null;
  received?: string | null;
  closes: boolean;
}

/** A client over streams of its own; `through` stands between it and the server. */
const open = (through: (send: StreamsOptions["post"]) => StreamsOptions["post"] = (send) => send) => {
  const exchanges: Exchange[] = [];
  const clock = { nowMs: 0 };
  const recorded: StreamsOptions["post"] = async (url, json) => {
    const { baton: sent, requests } = JSON.parse(json);
    const exchange: Exchange = { url, sent, closes: requests.at(-1).type === "close" };
    exchanges.push(exchange);
    const response = await through(post)(url, json);
    if (response.status === 200) exchange.received = JSON.parse(response.text).baton;
    return response;
  };
  const streams = createStreams({
    url: pipelineUrl(namespaceUrl(NAMESPACE)),
    post: recorded,
    now: () => clock.nowMs,
    onRefusal: (status, text) => new Error(`${status} ${text}`),
  });
  return { client: createClient(streams), exchanges, clock };
};

const countRows = async (): Promise<unknown> =>
  (await open().client.execute("SELECT count(*) FROM noted")).rows[0]?.[0];

beforeEach(async () => {
  await open().client.batch(["DROP TABLE IF EXISTS noted", "CREATE TABLE noted (id INTEGER)"], "write");
});

describe("a stream", () => {
  test("goes on from statement to batch to statement, also where one was refused", async () => {
    const { client, exchanges } = open();
    await client.execute("INSERT INTO noted VALUES (1)");
    await client.execute("SELECT * FROM nothing").catch(() => undefined);
    await client.batch(["INSERT INTO noted VALUES (2)", "SELECT * FROM nothing"], "write").catch(() => undefined);
    await client.batch(["INSERT INTO noted VALUES (3)"], "write");
    expect((await client.execute("SELECT id FROM noted")).rows.map((row) => row[0])).toEqual([1, 3]);
    expect(exchanges.map(({ sent }) => sent)).toEqual([null, ...exchanges.slice(0, -1).map((at) => at.received)]);
  });

  test("is lent to one at a time, and only sixteen are kept", async () => {
    const { client, exchanges } = open();
    for (let round = 0; round < 3; round += 1)
      await Promise.all(Array.from({ length: 40 }, () => client.execute("SELECT count(*) FROM noted")));
    const continued = exchanges.flatMap(({ sent }) => (sent === null ? [] : [sent]));
    expect(new Set(continued).size).toBe(continued.length);
    expect(exchanges.filter(({ sent, closes }) => sent === null && !closes)).toHaveLength(16);
    expect(exchanges.filter(({ closes }) => closes)).toHaveLength(3 * 24);
  });

  test("is not used again after six seconds, while the server still has it", async () => {
    const { client, exchanges, clock } = open();
    await client.execute("SELECT 1");
    clock.nowMs += 5_999;
    await client.execute("SELECT 1");
    clock.nowMs += 6_000;
    await client.execute("SELECT 1");
    expect(exchanges.map(({ sent }) => sent !== null)).toEqual([false, true, false]);
  });

  test("that is left in a transaction is closed, so that it holds no lock", async () => {
    const { client, exchanges } = open();
    await client.execute("BEGIN IMMEDIATE");
    expect(exchanges.map(({ closes }) => closes)).toEqual([false, true]);
    await client.execute("INSERT INTO noted VALUES (1)");
    expect(exchanges.at(-1)?.sent).toBe(null);
    expect(await countRows()).toBe(1);
  });

  test("sees tables as another connection has changed them", async () => {
    const { client } = open();
    await client.execute("SELECT id FROM noted");
    await open().client.batch(
      ["ALTER TABLE noted ADD COLUMN name TEXT", "INSERT INTO noted VALUES (1, 'new')"],
      "write",
    );
    expect((await client.execute("SELECT name FROM noted")).rows[0]?.["name"]).toBe("new");
    await open().client.execute("DROP TABLE noted");
    await expect(client.execute("SELECT name FROM noted")).rejects.toThrow("no such table");
  });

  test("goes on where the server says it is", async () => {
    const { client, exchanges } = open((send) => async (_, json) => {
      const { status, text } = await send(pipelineUrl(namespaceUrl(NAMESPACE)), json);
      return { status, text: JSON.stringify({ ...JSON.parse(text), base_url: "https://elsewhere.test/at" }) };
    });
    await client.execute("SELECT 1");
    await client.execute("SELECT 1");
    expect(exchanges.map(({ url }) => url)).toEqual([
      "http://kept.db/v3/pipeline",
      "https://elsewhere.test/at/v3/pipeline",
    ]);
  });
});

describe("a stream that the server does not know", () => {
  test("because it was killed and started again gives way to a new one, and a write runs once", async () => {
    const { client, exchanges } = open();
    await Promise.all([client.execute("SELECT 1"), client.execute("SELECT 1")]);
    await stopProcess(sqld, "SIGKILL");
    agent.destroy();
    await start();
    await client.execute("INSERT INTO noted VALUES (1)");
    expect(await countRows()).toBe(1);
    expect(exchanges.slice(2).map(({ sent }) => sent !== null)).toEqual([true, false]);
    await client.execute("SELECT 1");
    expect(exchanges).toHaveLength(5);
  });

  test("because it has expired gives way to a new one, once", async () => {
    // As sqld 0.24.32 words it.
    const text = '{"message":"The stream has expired due to inactivity","code":"STREAM_EXPIRED"}';
    const { client, exchanges } = open((send) => async (url, json) => {
      const isContinued = JSON.parse(json).baton !== null;
      return isContinued ? { status: 400, text } : send(url, json);
    });
    for (let round = 0; round < 3; round += 1) await client.execute("INSERT INTO noted VALUES (1)");
    expect(exchanges.map(({ sent }) => sent !== null)).toEqual([false, true, false, true, false]);
    expect(await countRows()).toBe(3);
  });

  test.each([
    [400, "Received a baton that has already been used"],
    [400, "Could not deserialize JSON request body"],
    [500, '{"message":"The stream has expired due to inactivity","code":"STREAM_EXPIRED"}'],
    [502, "Received an invalid baton"],
  ])("is distinguished from another refusal: %i %s", async (status, text) => {
    const { client, exchanges } = open((send) => async (url, json) => {
      const response = await send(url, json);
      return exchanges.length === 2 ? { status, text } : response;
    });
    await client.execute("SELECT 1");
    await expect(client.execute("INSERT INTO noted VALUES (1)")).rejects.toThrow(`${status} ${text}`);
    expect(await countRows()).toBe(1);
    await client.execute("SELECT 1");
    expect(exchanges.map(({ sent }) => sent !== null)).toEqual([false, true, false]);
  });
});

describe("a request", () => {
  test("whose connection breaks after the write was sent is not sent again, nor its stream used", async () => {
    const { client, exchanges } = open((send) => async (url, json) => {
      const response = await send(url, json);
      if (exchanges.length === 2) throw new Error("connection lost");
      return response;
    });
    await client.execute("SELECT 1");
    await expect(client.execute("INSERT INTO noted VALUES (1)")).rejects.toThrow("connection lost");
    expect(await countRows()).toBe(1);
    await client.execute("SELECT 1");
    expect(exchanges.map(({ sent }) => sent !== null)).toEqual([false, true, false]);
  });

  test("that is cancelled, and so never ends, takes its stream along for no more than fifteen seconds", async () => {
    let isCancelled = true;
    const { client, exchanges, clock } = open(
      (send) => (url, json) => (isCancelled ? new Promise(() => undefined) : send(url, json)),
    );
    for (let count = 0; count < 16; count += 1) void client.execute("SELECT 1");
    isCancelled = false;
    await client.execute("SELECT 1");
    clock.nowMs += 15_000;
    await client.execute("SELECT 1");
    await client.execute("SELECT 1");
    expect(exchanges.slice(16).map(({ sent, closes }) => [sent !== null, closes])).toEqual([
      [false, true],
      [false, false],
      [true, false],
    ]);
  });
});

test.each([
  ["libsql://x.turso.io", "https://x.turso.io/v3/pipeline"],
  ["wss://x.turso.io/", "https://x.turso.io/v3/pipeline"],
  ["ws://kms.db", "http://kms.db/v3/pipeline"],
  ["http://kms.db:8080/at", "http://kms.db:8080/at/v3/pipeline"],
])("requests for the database %s go to %s", (url, pipeline) => {
  expect(pipelineUrl(url)).toBe(pipeline);
});
