import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  type Caller,
  createHashingQueue,
  type HashingQueue,
  MAX_ENTRIES,
  MAX_PER_GROUP,
  MAX_WAIT_MS,
} from "./hashing-queue.ts";

const WORK_MS = 50;
/** As many as begin within the bound, the first at once. */
const PLACES = 1 + Math.floor(MAX_WAIT_MS / WORK_MS);
const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const createQueue = ({ lanes = 1, pauseMs = 0 } = {}): HashingQueue =>
  createHashingQueue({ lanes, pauseMs, now: Date.now, sleep });

const stranger = (group: string): Caller => ({ group, isShared: false, isKnown: false });
const known = (group: string): Caller => ({ group, isShared: false, isKnown: true });
const proxy: Caller = { group: "127.0.0.1", isShared: true, isKnown: false };

/** Runs named pieces of work of the usual length, in the order given; gives the order in which they were done. */
const record = () => {
  const startedAtMs = Date.now();
  const done: { name: string; afterMs: number }[] = [];
  const work = (name: string) => async () => {
    await sleep(WORK_MS);
    done.push({ name, afterMs: Date.now() - startedAtMs });
  };
  return { work, names: () => done.map(({ name }) => name), times: () => done.map(({ afterMs }) => afterMs) };
};

const finish = async <Value>(running: readonly Promise<Value>[]): Promise<Value[]> => {
  await vi.runAllTimersAsync();
  return Promise.all(running);
};

test("runs pieces in the order in which they came", async () => {
  const queue = createQueue();
  const { work, names } = record();
  await finish(["a", "b", "c", "d"].map((name) => queue.run(proxy, work(name))));
  expect(names()).toEqual(["a", "b", "c", "d"]);
});

test("runs as many pieces at a time as there are lanes", async () => {
  const queue = createQueue({ lanes: 2 });
  const { work, times } = record();
  await finish(["a", "b", "c", "d"].map((name) => queue.run(proxy, work(name))));
  expect(times()).toEqual([WORK_MS, WORK_MS, 2 * WORK_MS, 2 * WORK_MS]);
});

test("leaves a lane free between two pieces where the thread has other work", async () => {
  const queue = createQueue({ pauseMs: 25 });
  const { work, times } = record();
  await finish(["a", "b"].map((name) => queue.run(proxy, work(name))));
  expect(times()).toEqual([WORK_MS, WORK_MS + 25 + WORK_MS]);
});

test("puts a caller from a known place before all strangers that wait", async () => {
  const queue = createQueue();
  const { work, names } = record();
  const strangers = ["a", "b", "c"].map((name) => queue.run(stranger(name), work(name)));
  await finish([...strangers, queue.run(known("office"), work("known"))]);
  expect(names()).toEqual(["a", "known", "b", "c"]);
});

test("lets the first of one network go before the second of another", async () => {
  const queue = createQueue();
  const { work, names } = record();
  const flood = ["1", "2", "3"].map((name) => queue.run(stranger("flood"), work(name)));
  await finish([...flood, queue.run(stranger("someone"), work("someone"))]);
  expect(names()).toEqual(["1", "someone", "2", "3"]);
});

test("refuses at once what could not begin within the bound, and says when to retry", async () => {
  const queue = createQueue();
  const { work, times } = record();
  const running = Array.from({ length: PLACES }, () => queue.run(proxy, work("")));
  let refused: unknown;
  void queue.run(proxy, work("")).then((result) => {
    refused = result;
  });
  await vi.advanceTimersByTimeAsync(0);
  expect(refused).toEqual({ ok: false, error: { kind: "busy", retryAfterSeconds: 6 } });
  await finish(running);
  expect(times()).toHaveLength(PLACES);
});

test("refuses who waits as soon as others have taken their time, not when it is over", async () => {
  const queue = createQueue();
  const { work } = record();
  const strangers = Array.from({ length: PLACES }, (_, n) => queue.run(stranger(`s${n}`), work("")));
  const friends = Array.from({ length: PLACES / 2 }, (_, n) => queue.run(known(`k${n}`), work("")));
  let refused = 0;
  for (const one of strangers) void one.then(({ ok }) => (refused += ok ? 0 : 1));
  await vi.advanceTimersByTimeAsync(1_000);
  expect(refused).toBeGreaterThanOrEqual(PLACES / 2 - 2);
  expect((await finish(friends)).every(({ ok }) => ok)).toBe(true);
});

test("has room for so many of one network only, but for any number behind a proxy that names no one", async () => {
  const queue = createQueue();
  const { work } = record();
  const flood = Array.from({ length: MAX_PER_GROUP + 1 }, () => queue.run(known("flood"), work("")));
  const other = queue.run(known("other"), work(""));
  expect((await finish(flood)).filter(({ ok }) => !ok)).toHaveLength(1);
  expect((await other).ok).toBe(true);
  const behind = Array.from({ length: MAX_PER_GROUP + 1 }, () => queue.run(proxy, work("")));
  expect((await finish(behind)).every(({ ok }) => ok)).toBe(true);
});

test("has room for callers from known places, however many networks strangers come from", async () => {
  const queue = createQueue();
  const { work } = record();
  const strangers = Array.from({ length: PLACES - 1 }, (_, n) => queue.run(stranger(`s${n}`), work("")));
  const guessers = Array.from({ length: MAX_ENTRIES }, (_, n) =>
    queue.imitate(stranger(`g${n}`), { waiting: true, probe: async () => undefined }),
  );
  const office = queue.run(known("office"), work(""));
  expect((await finish(guessers)).filter(({ ok }) => !ok)).not.toEqual([]);
  expect((await office).ok).toBe(true);
  await Promise.all(strangers);
});

test("frees the lane when work fails", async () => {
  const queue = createQueue();
  await expect(queue.run(proxy, () => Promise.reject(new Error("broken")))).rejects.toThrow("broken");
  expect(await queue.run(proxy, async () => "next")).toEqual({ ok: true, value: "next" });
});

test("frees the lane of a request that was cancelled and never continued", async () => {
  const queue = createQueue();
  void queue.run(proxy, () => new Promise<never>(() => undefined));
  const [next] = await finish([queue.run(proxy, async () => "next")]);
  expect(next).toEqual({ ok: true, value: "next" });
});

test("passes over a request that was cancelled while it waited", async () => {
  // It never continues, as no request does that was cancelled.
  const pauses = [new Promise<void>(() => undefined)];
  const pause = (ms: number): Promise<void> => pauses.pop() ?? sleep(ms);
  const queue = createHashingQueue({ lanes: 1, pauseMs: 0, now: Date.now, sleep: pause });
  const { work, names } = record();
  const first = queue.run(proxy, work("first"));
  void queue.run(known("cancelled"), work("cancelled"));
  await finish([first, queue.run(stranger("waits"), work("waits"))]);
  expect(names()).toEqual(["first", "waits"]);
});

const durationOf = async (piece: () => Promise<unknown>): Promise<number> => {
  const startedAtMs = Date.now();
  await finish([piece()]);
  return Date.now() - startedAtMs;
};

const probe = async () => undefined;

test("imitates what work takes, waiting included, and does not hold it up", async () => {
  const queue = createQueue();
  const { work } = record();
  const imitated = (caller: Caller) => queue.imitate(caller, { waiting: true, probe });
  for (let piece = 0; piece < 5; piece += 1) await finish([queue.run(proxy, () => sleep(300).then(() => "hash"))]);
  expect(await durationOf(() => imitated(proxy))).toBe(300);
  const ahead = queue.run(proxy, work("ahead"));
  const imitation = durationOf(() => imitated(stranger("guesser")));
  const behind = queue.run(stranger("behind"), work("behind"));
  await finish([ahead, behind]);
  expect(await imitation).toBe(WORK_MS + 300);
});

test("imitates work that hashes, however often other work turns out to have nothing to hash", async () => {
  const queue = createQueue();
  for (let piece = 0; piece < 5; piece += 1) await finish([queue.run(proxy, async () => undefined)]);
  expect(await durationOf(() => queue.imitate(proxy, { waiting: false, probe }))).toBe(WORK_MS);
});

test("imitates that one group's pieces wait for each other", async () => {
  const queue = createQueue();
  const { work, times } = record();
  const both = [1, 2].map(() =>
    queue.imitate(stranger("guesser"), { waiting: true, probe: () => work("")().then(() => undefined) }),
  );
  await finish([...both, queue.imitate(stranger("other"), { waiting: true, probe: work("") })]);
  expect(times()).toEqual([WORK_MS, WORK_MS, 2 * WORK_MS]);
});

test("imitates that the queue is full, and that nothing can be hashed", async () => {
  const queue = createQueue();
  const { work } = record();
  const running = Array.from({ length: PLACES }, () => queue.run(proxy, work("")));
  const guesser = stranger("guesser");
  // A stranger who comes first is not behind those who came more often: so this one comes after as many as it takes.
  const before = Array.from({ length: PLACES }, (_, n) => queue.run(known(`k${n}`), work("")));
  expect(await queue.imitate(guesser, { waiting: true, probe })).toMatchObject({ ok: false });
  await finish([...running, ...before]);
  const broken = () => Promise.reject(new Error("no hasher responds"));
  const failing = expect(queue.imitate(guesser, { waiting: false, probe: broken })).rejects.toThrow("no hasher");
  await finish([failing]);
});
