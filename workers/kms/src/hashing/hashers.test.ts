import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import worker from "../../../../runtime/workerd/hasher-worker.ts";
import type { Cost, ScryptCost } from "../crypto/password-cost.ts";
import { createHashers, type Hasher } from "./hashers.ts";
import { computeHash, type SlowHashInput } from "./slow-hash.ts";

const INPUT: SlowHashInput = {
  secret: Buffer.from("a keyed hash of a password"),
  salt: Buffer.alloc(16, 7),
  cost: { algorithm: "argon2id", m: 8, t: 1, p: 1 },
};
const SCRYPT: ScryptCost = { algorithm: "scrypt", ln: 4, r: 8, p: 1 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The worker of a hasher, reached as over a binding; counts what it was asked. */
const createHasher = (respond = worker.fetch) => {
  const asked: string[] = [];
  const hasher: Hasher = {
    fetch: async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input as string, init);
      asked.push(new URL(request.url).pathname);
      return respond(request);
    },
  };
  return { hasher, asked };
};

const dead = () => Promise.reject(new Error("connection refused"));

test("a hasher computes what would be computed here", async () => {
  const { hasher } = createHasher();
  for (const input of [INPUT, { ...INPUT, cost: SCRYPT }]) {
    const hash = await createHashers([hasher]).hash(input);
    expect(Buffer.from(hash)).toEqual(Buffer.from(await computeHash(input)));
  }
});

test("one that has ended is passed over, and none is unavailable", async () => {
  const [one, other] = [createHasher(dead), createHasher()];
  expect(await createHashers([one.hasher, other.hasher]).hash(INPUT)).toHaveLength(32);
  expect([one.asked, other.asked]).toEqual([["/hash"], ["/hash"]]);
  const none = createHashers([one.hasher, one.hasher]);
  for (const asking of [none.hash(INPUT), none.probe()])
    expect(isUnavailable(await asking.catch((error: unknown) => error))).toBe(true);
});

test("the one with the least to do is asked", async () => {
  const [slow, idle] = [createHasher(() => new Promise(() => undefined)), createHasher()];
  const hashers = createHashers([slow.hasher, idle.hasher]);
  void hashers.hash(INPUT).catch(() => undefined);
  await hashers.hash(INPUT);
  expect([slow.asked, idle.asked]).toEqual([["/hash"], ["/hash"]]);
});

test("a cost that no password is hashed at is refused, by the hasher as well", async () => {
  const { hasher } = createHasher();
  const costs = [
    { ...SCRYPT, ln: 30 },
    { ...SCRYPT, p: 1_000 },
    { ...SCRYPT, ln: 4.5 },
    { ...INPUT.cost, m: 2 ** 21 },
    { ...INPUT.cost, m: 7 },
    { ...INPUT.cost, t: 1_000 },
    { ...INPUT.cost, p: 0 },
    { ...INPUT.cost, algorithm: "argon2d" },
  ] as Cost[];
  for (const cost of costs) {
    await expect(computeHash({ ...INPUT, cost })).rejects.toThrow("no password is hashed at");
    await expect(createHashers([hasher]).hash({ ...INPUT, cost })).rejects.toThrow("responded with 400");
  }
});

test.each([
  ["POST", "/hash", "{", 400],
  ["POST", "/hash", "null", 400],
  ["POST", "/hash", "{}", 400],
  ["GET", "/hash", undefined, 404],
  ["POST", "/", "{}", 404],
  ["GET", "/alive", undefined, 204],
])("the worker of a hasher responds to %s %s %s with %i", async (method, path, body, status) => {
  const request = new Request(`http://hasher${path}`, { method, ...(body !== undefined && { body }) });
  expect((await worker.fetch(request)).status).toBe(status);
});
