import { expect, test } from "vitest";
import { createCluster } from "./nodes.ts";
import { failureOf, type Reply, type TypesenseRequest, unreachable } from "./reply.ts";

const READ: TypesenseRequest = { method: "get", path: "/x", repeatable: true };
const CREATE: TypesenseRequest = { method: "post", path: "/keys", body: {}, repeatable: false };
const WELL: Reply = { ok: true, value: { ok: true } };
const LAGGING: Reply = { ok: false, error: failureOf(503, "Not Ready or Lagging", "3") };
const GONE = unreachable("gone");

/** Three nodes whose replies the test sets, and a clock that only calls and pauses move. */
const start = (count = 3) => {
  const clock = { now: 0 };
  const asked: string[] = [];
  const timeouts: number[] = [];
  const replies = new Map<string, Reply | "hangs">();
  const cluster = createCluster({
    urls: ["a", "b", "c"].slice(0, count),
    now: () => clock.now,
    sleep: async (ms) => {
      clock.now += ms;
    },
    transport: async (node, _key, _request, timeoutMs) => {
      asked.push(node);
      timeouts.push(timeoutMs);
      const reply = replies.get(node) ?? WELL;
      clock.now += reply === "hangs" ? timeoutMs : 1;
      return reply === "hangs" ? unreachable("time is up") : reply;
    },
  });
  const call = (request: TypesenseRequest, withinMs = 1_500) => cluster.call("key", request, withinMs);
  return { clock, asked, timeouts, replies, cluster, call };
};

test("asks the nearest node, and no other while it answers", async () => {
  const { asked, call } = start();
  await call(READ);
  await call(READ);
  expect(asked).toEqual(["a", "a"]);
});

test("turns to the other nodes by turns when the nearest does not answer", async () => {
  const { asked, replies, call } = start();
  replies.set("a", GONE);
  expect([await call(READ), await call(READ)]).toEqual([WELL, WELL]);
  expect(asked).toEqual(["a", "b", "a", "c"]);
});

test("gives every attempt whole milliseconds, which timers demand, however odd the remaining time is", async () => {
  const { replies, timeouts, call } = start();
  for (const node of ["a", "b", "c"]) replies.set(node, "hangs");
  await call(READ, 1_501);
  expect(timeouts.length).toBeGreaterThan(1);
  expect(timeouts.filter((timeout) => !Number.isInteger(timeout))).toEqual([]);
});

test("leaves a node alone that failed three times in a row, until a probe finds it well", async () => {
  const { clock, asked, replies, cluster, call } = start(2);
  replies.set("a", GONE);
  for (let count = 0; count < 5; count += 1) await call(READ);
  expect(asked.filter((node) => node === "a")).toHaveLength(3);
  replies.delete("a");
  clock.now += 1_000;
  asked.length = 0;
  await call(READ);
  expect(asked).toEqual(["a"]);
  expect(cluster.nodes.map(({ breaker }) => breaker.state())).toEqual(["closed", "closed"]);
});

test("ends within its time when every node hangs, having asked more than one", async () => {
  const { clock, asked, replies, call } = start();
  for (const node of ["a", "b", "c"]) replies.set(node, "hangs");
  expect(await call(READ)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  expect(clock.now).toBeLessThanOrEqual(1_500);
  expect(asked).toEqual(["a", "b", "c"]);
});

test("gives a single node all the time there is, and a second try when it breaks off at once", async () => {
  const { timeouts, replies, call } = start(1);
  replies.set("a", GONE);
  await call(READ);
  expect(timeouts).toEqual([1_500, 1_449]);
});

test("sends what must not be done twice again only where it surely was not done", async () => {
  const { asked, replies, call } = start();
  replies.set("a", GONE);
  expect(await call(CREATE)).toEqual(GONE);
  expect(asked).toEqual(["a"]);
  replies.set("a", LAGGING);
  expect(await call(CREATE)).toEqual(WELL);
  expect(asked).toEqual(["a", "a", "c"]);
});

test("asks another node when one fails at the request, without holding it against the node", async () => {
  const { asked, replies, cluster, call } = start(2);
  replies.set("a", { ok: false, error: failureOf(500, "Internal error.", null) });
  for (let count = 0; count < 4; count += 1) expect(await call(READ)).toEqual(WELL);
  expect(asked).toHaveLength(8);
  expect(cluster.nodes[0]?.breaker.state()).toBe("closed");
});

test("tells a caller's mistake at once, as the node told it", async () => {
  const { asked, replies, call } = start();
  const refused: Reply = { ok: false, error: failureOf(400, "Bad JSON.", null) };
  replies.set("a", refused);
  expect(await call(READ)).toEqual(refused);
  expect(asked).toEqual(["a"]);
});

test("fails at once, asking nobody, while every node is left alone", async () => {
  const { asked, replies, call } = start(2);
  for (const node of ["a", "b"]) replies.set(node, LAGGING);
  for (let count = 0; count < 3; count += 1) await call(READ);
  asked.length = 0;
  expect(await call(READ)).toMatchObject({ ok: false, error: { kind: "unreachable" } });
  expect(asked).toEqual([]);
});

test("a look at every node closes the breakers of those that are well again", async () => {
  const { replies, cluster, call } = start(2);
  for (const node of ["a", "b"]) replies.set(node, GONE);
  for (let count = 0; count < 3; count += 1) await call(READ);
  replies.delete("b");
  expect(await cluster.probe(1_000)).toEqual([
    { url: "a", healthy: false },
    { url: "b", healthy: true },
  ]);
  expect(cluster.nodes.map(({ breaker }) => breaker.state())).toEqual(["open", "closed"]);
});
