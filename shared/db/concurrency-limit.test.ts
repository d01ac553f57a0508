import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConcurrencyLimit, createConcurrencyLimit } from "./concurrency-limit.ts";

interface Stage {
  limit: ConcurrencyLimit;
  started: number[];
  /** Begins work that lasts until `end` is called with the same number. */
  begin(number: number): Promise<void>;
  end(number: number): void;
  pass(ms: number): Promise<void>;
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const createStage = (width = 1): Stage => {
  let nowMs = 0;
  const started: number[] = [];
  const ends = new Map<number, () => void>();
  const sleepers: { atMs: number; wake: () => void }[] = [];
  const limit = createConcurrencyLimit({
    now: () => nowMs,
    sleep: (ms) => new Promise((wake) => sleepers.push({ atMs: nowMs + ms, wake })),
    width,
    maxWaitMs: 2_000,
    workMs: 4_000,
    onTimeout: () => new Error("too long"),
  });
  return {
    limit,
    started,
    begin: (number) =>
      limit(async () => {
        started.push(number);
        await new Promise<void>((resolve) => ends.set(number, resolve));
      }),
    end: (number) => ends.get(number)?.(),
    pass: async (ms) => {
      for (let left = ms; left > 0; left -= 1) {
        nowMs += 1;
        for (const sleeper of sleepers.splice(0)) {
          if (sleeper.atMs <= nowMs) sleeper.wake();
          else sleepers.push(sleeper);
        }
        await settle();
      }
    },
  };
};

describe("writers taking turns", () => {
  test("go one at a time, in the order they came", async () => {
    const { begin, end, pass, started } = createStage();
    const all = [1, 2, 3].map(begin);
    for (const number of [1, 2, 3]) {
      await pass(10);
      expect(started.at(-1)).toBe(number);
      end(number);
    }
    await Promise.all(all);
    expect(started).toEqual([1, 2, 3]);
  });

  test("go as many at a time as they may", async () => {
    const { begin, end, pass, started } = createStage(2);
    const all = [1, 2, 3].map(begin);
    await pass(10);
    expect(started).toEqual([1, 2]);
    end(2);
    await pass(10);
    expect(started).toEqual([1, 2, 3]);
    for (const number of [1, 3]) end(number);
    await Promise.all(all);
  });

  test("free their turn when they fail", async () => {
    const { limit } = createStage();
    for (let count = 0; count < 5; count += 1)
      await expect(limit(() => Promise.reject(new Error("refused")))).rejects.toThrow("refused");
    expect(await limit(async () => "done")).toBe("done");
  });

  test("give up when their turn does not come, and leave no gap behind", async () => {
    const { begin, end, pass, started } = createStage();
    const first = begin(1);
    const late = begin(2).catch((error: Error) => error.message);
    await pass(2_100);
    expect(await late).toBe("too long");
    end(1);
    await first;
    const next = begin(3);
    await pass(1);
    expect(started).toEqual([1, 3]);
    end(3);
    await next;
  });

  test("are not held up for ever by work that never ends", async () => {
    const { begin, end, pass, started } = createStage();
    void begin(1);
    await pass(3_000);
    const later = begin(2);
    await pass(1_300);
    expect(started).toEqual([1, 2]);
    end(2);
    await later;
  });
});

/** Works for as many milliseconds as the URL says, one request at a time; `/outer` gives up after as many as it says. */
const WORKER = `
  import { createConcurrencyLimit } from "./concurrency-limit.ts";
  const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  const limit = createConcurrencyLimit({
    width: 1, now: Date.now, sleep, maxWaitMs: 20_000, workMs: 2_000, onTimeout: () => new Error("too long"),
  });
  const begun = [];
  export default {
    fetch: async (request, env) => {
      const { pathname, searchParams } = new URL(request.url);
      const ms = Number(searchParams.get("ms"));
      if (pathname === "/begun") return Response.json(begun);
      if (pathname === "/outer")
        return env.SELF.fetch("http://self" + searchParams.get("path"), { signal: AbortSignal.timeout(ms) }).catch(
          () => new Response("given up", { status: 504 }),
        );
      return limit(async () => {
        begun.push(pathname);
        await sleep(ms);
        return new Response("done");
      });
    },
  };`;

describe("requests in workerd", () => {
  let miniflare: Miniflare;
  const call = (target: string) => miniflare.dispatchFetch(`http://limit${target}`);
  const begun = async (): Promise<unknown> => (await call("/begun")).json();

  beforeAll(async () => {
    const stdin = { contents: WORKER, resolveDir: import.meta.dirname };
    const { outputFiles } = await build({ stdin, bundle: true, format: "esm", write: false });
    miniflare = new Miniflare({
      name: "limit",
      modules: [{ type: "ESModule", path: "limit.js", contents: outputFiles[0]?.text ?? "" }],
      compatibilityDate: "2026-07-01",
      serviceBindings: { SELF: "limit" },
      cf: false,
    });
    await miniflare.ready;
  });
  afterAll(() => miniflare.dispose());

  test("wait for what another one does, each in its turn, and none counts as hung", async () => {
    const targets = Array.from({ length: 40 }, (_, index) => `/crowd/${index}?ms=5`);
    const responses = await Promise.all(targets.map(call));
    expect(responses.map(({ status }) => status)).toEqual(targets.map(() => 200));
    expect(await begun()).toHaveLength(40);
  });

  test("go on after one that was cancelled while it worked, and after those cancelled while they waited", async () => {
    const given = await Promise.all(
      [1, 2, 3].map((number) => call(`/outer?ms=200&path=${encodeURIComponent(`/cancelled/${number}?ms=60000`)}`)),
    );
    expect(given.map(({ status }) => status)).toEqual([504, 504, 504]);
    expect((await call("/after?ms=1")).status).toBe(200);
    expect(await begun()).toEqual(expect.arrayContaining(["/cancelled/1", "/after"]));
    expect(await begun()).not.toEqual(expect.arrayContaining(["/cancelled/3"]));
  });
});
