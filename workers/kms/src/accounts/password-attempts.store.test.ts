import { drizzle } from "drizzle-orm/libsql/http";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { success } from "#shared/lang/result.ts";
import { Unavailable } from "#shared/lang/unavailable.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import * as schema from "../db/schema.ts";
import { createHashingQueue } from "../hashing/hashing-queue.ts";
import { type AttemptStore, delayAfter, FAILURES_REMEMBERED_MS, FREE_ATTEMPTS } from "./lockout.ts";
import { createAttemptStore } from "./password-attempts.store.ts";
import { createPasswordGuard } from "./password-guard.ts";

let fountain: Fountain;
let attempts: AttemptStore;
let nowMs: number;
let account: string;
let network: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  const client = fountain.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  attempts = createAttemptStore({ client, orm: drizzle({ client, schema }) });
});
afterAll(() => fountain?.stop());

beforeEach(() => {
  nowMs = Date.parse("2026-11-23T10:00:00Z");
  [account, network] = [crypto.randomUUID(), crypto.randomUUID()];
});

const reserve = (...limits: string[]) => attempts.reserve(limits, undefined, new Date(nowMs));
const read = (counter: string) => attempts.read([counter], new Date(nowMs));

test("delays as the rules say, attempt by attempt", async () => {
  for (let failures = 1; failures <= 12; failures += 1) {
    const [count] = (await reserve(account)) ?? [];
    const delayMs = delayAfter(failures);
    expect(count).toEqual({ failures, blockedUntilMs: delayMs === 0 ? 0 : nowMs + delayMs });
    if (delayMs === 0) continue;
    nowMs += delayMs - 1;
    expect(await reserve(account)).toBeUndefined();
    nowMs += 1;
  }
});

test("admits exactly five of 200 at once", async () => {
  const admitted = await Promise.all(Array.from({ length: 200 }, () => reserve(account)));
  expect(admitted.filter((counts) => counts !== undefined)).toHaveLength(5);
});

test("counts with all counters or with none", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await reserve(network);
  expect(await reserve(account, network)).toBeUndefined();
  expect(await attempts.read([account], new Date(nowMs))).toEqual([]);
});

test("starts again at zero with success, but for the network, which only takes back that attempt", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await reserve(account, network);
  nowMs += 30_000;
  await reserve(account, network);
  await attempts.release({ cleared: [account], reduced: [network], by: undefined });
  expect(await attempts.read([account], new Date(nowMs))).toEqual([]);
  expect(await attempts.read([network], new Date(nowMs))).toEqual([{ failures: 5, blockedUntilMs: 0 }]);
});

test("takes back the failures of a name at an address, and none of others there", async () => {
  const tally = crypto.randomUUID();
  await reserve(network);
  for (let attempt = 0; attempt < 3; attempt += 1)
    expect(await attempts.reserve([account, network], tally, new Date(nowMs))).toHaveLength(2);
  await attempts.release({ cleared: [tally], reduced: [account, network], by: tally });
  expect(await read(account)).toEqual([{ failures: 0, blockedUntilMs: 0 }]);
  expect(await read(network)).toEqual([{ failures: 1, blockedUntilMs: 0 }]);
  expect(await read(tally)).toEqual([]);
});

test("is not kept from counting by what it tallies", async () => {
  const tally = crypto.randomUUID();
  for (let attempt = 0; attempt < 5; attempt += 1)
    await attempts.reserve([crypto.randomUUID()], tally, new Date(nowMs));
  expect(await attempts.reserve([account], tally, new Date(nowMs))).toEqual([{ failures: 1, blockedUntilMs: 0 }]);
});

test("forgets failures a day after the last one", async () => {
  for (let attempt = 0; attempt < 5; attempt += 1) await reserve(account);
  nowMs += FAILURES_REMEMBERED_MS;
  expect(await attempts.read([account], new Date(nowMs))).toEqual([]);
  expect(await reserve(account)).toEqual([{ failures: 1, blockedUntilMs: 0 }]);
});

test("deletes counters and addresses that are no longer needed", async () => {
  const { rows } = (await fountain.databases["kms"]?.execute("SELECT id, username_key FROM users LIMIT 1")) ?? {
    rows: [],
  };
  const [user] = rows;
  const [userId, key] = [String(user?.["id"]), String(user?.["username_key"])];
  const [old, young] = [new Date(nowMs - 2), new Date(nowMs)];
  for (const [place, at] of [
    ["old", old],
    ["young", young],
    ["network", young],
  ] as const)
    await fountain.databases["kms"]?.execute({
      sql: "INSERT INTO known_addresses (user_id, place, used_at) VALUES (?, ?, ?)",
      args: [userId, place, at.getTime()],
    });
  await reserve(account);
  await attempts.purge({ attempts: young, locations: old });
  expect(await attempts.read([account], young)).toEqual([]);
  const isKnown = async (usernameKey: string, id: string, knownSince: Date, network = "network"): Promise<boolean> => {
    const location = { id, network };
    const login = await attempts.readLogin({ usernameKey, location, knownSince, counters: [], at: young });
    // That of the network is the same for every name.
    expect(login.isKnownNetwork).toBe(network === "network" && knownSince < young);
    return login.isKnown;
  };
  expect(await isKnown(key, "old", new Date(0))).toBe(false);
  expect(await isKnown(key, "young", new Date(0))).toBe(true);
  expect(await isKnown(key, "young", young)).toBe(false);
  expect(await isKnown("another-user", "young", new Date(0))).toBe(false);
  expect(await isKnown(key, "young", new Date(0), "another network")).toBe(true);
});

const createGuard = () =>
  createPasswordGuard({
    store: attempts,
    hashingQueue: createHashingQueue({ lanes: 1, pauseMs: 0, now: () => nowMs, sleep: async () => {} }),
    slowHash: { probe: async () => undefined },
    mac: (context, text) => `${context} ${text}`,
    now: () => nowMs,
  });

test("gives any name the same turn at an address where someone has logged in, and none at another", async () => {
  await fountain.databases["kms"]?.execute({
    sql: "INSERT INTO known_addresses (user_id, place, used_at) SELECT id, ?, ? FROM users LIMIT 1",
    args: ["known-networks 192.0.2.77", nowMs],
  });
  const callerOf = async (name: string, address: string) => (await createGuard().login(name, address)).attempt.caller;
  for (const name of [fountain.adminUsername, "made-up"]) {
    expect(await callerOf(name, "192.0.2.77")).toEqual({ group: "192.0.2.77", isShared: false, isKnown: true });
    expect((await callerOf(name, "192.0.2.78")).isKnown).toBe(false);
  }
});

test("does not count what could not be looked at because nothing can be hashed", async () => {
  const guard = createGuard();
  const { attempt } = await guard.login(account, "192.0.2.55");
  const error = new Unavailable("no hasher responds");
  const checking = () =>
    guard.run(
      attempt,
      () => Promise.reject(error),
      async () => success(undefined),
    );
  for (let time = 0; time < FREE_ATTEMPTS + 1; time += 1) await expect(checking()).rejects.toBe(error);
  const tally = attempt.location?.tally ?? "";
  for (const counter of [...attempt.limits, tally]) expect(await read(counter)).toMatchObject([{ failures: 0 }]);
});

test.each([
  { error: new Error("a budget is exhausted"), failures: 0 },
  { error: new Unavailable("the database is not responding"), failures: 1 },
])(
  "counts a right password as tried only if it is unknown what was stored ($error.message)",
  async ({ error, failures }) => {
    const guard = createGuard();
    const attempt = guard.confirmation(account);
    const granting = guard.run(
      attempt,
      async () => success(undefined),
      () => Promise.reject(error),
    );
    await expect(granting).rejects.toBe(error);
    const [counter = ""] = attempt.limits;
    expect((await read(counter))[0]?.failures ?? 0).toBe(failures);
  },
);
