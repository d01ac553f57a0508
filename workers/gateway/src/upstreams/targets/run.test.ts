import { beforeEach, describe, expect, test, vi } from "vitest";
import { createTestTargets, ok, reset, status, upstreamOf } from "../../../../../tests/support/gateway/targets.ts";

const A = "http://a.example";
const B = "http://b.example";
const C = "http://c.example";

let targets: ReturnType<typeof createTestTargets>;
beforeEach(() => {
  targets = createTestTargets();
});

/** Calls so often, a second after the other so that no retry is refused. */
const callTimes = async (times: number, upstream: Parameters<typeof targets.call>[0], call = {}) => {
  const results = [];
  for (let n = 0; n < times; n += 1) results.push(await targets.call(upstream, call));
  return results;
};

describe("a call", () => {
  test("goes to each target as often as its weight says", async () => {
    for (const url of [A, B, C]) targets.servers.set(url, ok);
    const canary = upstreamOf("notes", {
      targets: [
        { url: A, weight: 95 },
        { url: B, weight: 5 },
        { url: C, weight: 0 },
      ],
    });
    await callTimes(4_000, canary);
    const toCanary = targets.called.filter((url) => url === B).length;
    // Three standard deviations of 4,000 draws with a chance of 5 %.
    expect(Math.abs(toCanary - 200)).toBeLessThan(42);
    expect(targets.called).not.toContain(C);
  });

  test("is tried again where it changes nothing, and on another target if there is one", async () => {
    targets.servers.set(A, reset).set(B, ok);
    const upstream = upstreamOf("notes", { targets: [A, B] });
    expect(await callTimes(8, upstream)).toEqual(Array(8).fill(200));
    expect(targets.called).toContain(A);
    expect(targets.pauses.every((ms) => ms >= 0 && ms < 50)).toBe(true);
  });

  test.each([
    ["POST", false],
    ["PATCH", false],
    ["PUT", true],
    ["DELETE", true],
  ])("is never sent twice as %s, with a body: %s", async (method, hasBody) => {
    targets.servers.set(A, reset);
    const upstream = upstreamOf("notes", { targets: [A], retries: 5 });
    expect(await targets.call(upstream, { method, hasBody })).toBe("bad-gateway");
    expect(targets.called).toEqual([A]);
  });

  test("is tried as often as is configured, and never after a response of the service itself", async () => {
    targets.servers.set(A, status(504));
    expect(await targets.call(upstreamOf("twice", { targets: [A], retries: 2 }))).toBe(504);
    expect(await targets.call(upstreamOf("never", { targets: [A], retries: 0 }))).toBe(504);
    expect(targets.called).toHaveLength(4);
    targets.servers.set(A, status(500));
    expect(await targets.call(upstreamOf("fault", { targets: [A], retries: 2 }))).toBe(500);
    expect(targets.called).toHaveLength(5);
  });

  test("does not ask a server again that says when to come back, but another one", async () => {
    targets.servers.set(A, status(503, { "retry-after": "30" }));
    expect(await targets.call(upstreamOf("alone", { targets: [A] }))).toBe(503);
    expect(targets.called).toEqual([A]);
    targets.servers.set(B, ok);
    expect(await callTimes(4, upstreamOf("two", { targets: [A, B] }))).toEqual([200, 200, 200, 200]);
  });

  test("goes on to the next target when no connection is made, whatever it is, as nothing was sent", async () => {
    targets.servers.set(C, ok);
    const upstream = upstreamOf("notes", { targets: [A, B, C], retries: 0, connectTimeoutMs: 500 });
    const begunAtMs = targets.clock.nowMs;
    expect(await callTimes(6, upstream, { method: "POST", hasBody: true })).toEqual(Array(6).fill(200));
    expect(new Set(targets.called)).toEqual(new Set([C]));
    expect(targets.clock.nowMs - begunAtMs).toBeLessThanOrEqual(6 * 2 * 500);
    expect(await targets.call(upstreamOf("dead", { targets: [A] }), { method: "POST" })).toBe("unavailable");
  });

  test("ends at its deadline, however many targets and retries are left", async () => {
    targets.servers.set(A, () => undefined).set(B, () => undefined);
    const deadlineAtMs = targets.clock.nowMs + 1_000;
    const upstream = upstreamOf("notes", { targets: [A, B], retries: 5 });
    expect(await targets.call(upstream, { deadlineAtMs })).toBe("gateway-timeout");
    expect([targets.called.length, targets.clock.nowMs]).toEqual([1, deadlineAtMs]);
    expect(await targets.call(upstreamOf("slow", { targets: ["http://black-hole.example"] }), { deadlineAtMs })).toBe(
      "gateway-timeout",
    );
  });
});

test("a service that is failing gets few calls more: a fifth of those of ten seconds", async () => {
  targets.servers.set(A, status(502)).set(B, ok);
  // Most are good, so that the breaker stays closed.
  const upstream = upstreamOf("notes", {
    targets: [
      { url: A, weight: 60 },
      { url: B, weight: 40 },
    ],
    retries: 5,
  });
  await callTimes(4, upstream);
  targets.servers.set(A, ok);
  await callTimes(96, upstream);
  targets.servers.set(A, status(502)).set(B, status(502));
  targets.called.length = 0;
  const results = await callTimes(40, upstream);
  expect(results).toEqual(Array(40).fill(502));
  expect(targets.called.length - 40).toBeLessThanOrEqual(28);
});

describe("a target", () => {
  const failing = async (times: number, upstream: Parameters<typeof targets.call>[0]) => {
    for (let n = 0; n < times; n += 1) await targets.call(upstream, { method: "POST" });
  };

  test("is put out after five failures in a row for ten seconds, and for twice as long if it fails at once again", async () => {
    const upstream = upstreamOf("notes", { targets: [A, B] });
    targets.servers.set(A, reset).set(B, ok);
    await failing(30, upstream);
    expect(targets.statusOf(upstream)).toEqual(["ejected", "healthy"]);
    const { ejectedUntil = "", ...shown } = targets.show("notes", upstream.targets).targets[0] ?? {};
    expect(shown).toMatchObject({
      failures: 5,
      failure: "lost",
      failingSince: new Date(targets.clock.nowMs).toISOString(),
    });
    expect(Date.parse(ejectedUntil)).toBe(targets.clock.nowMs + 10_000);
    expect(targets.called.filter((url) => url === A)).toHaveLength(5);
    expect(targets.logged).toEqual([`upstream-target-ejected ${A}`]);

    targets.clock.nowMs += 10_000;
    expect(targets.statusOf(upstream)).toEqual(["healthy", "healthy"]);
    await failing(20, upstream);
    expect(targets.called.filter((url) => url === A)).toHaveLength(6);
    targets.clock.nowMs += 19_999;
    expect(targets.statusOf(upstream)).toEqual(["ejected", "healthy"]);
    targets.clock.nowMs += 1;
    targets.servers.set(A, ok);
    await failing(20, upstream);
    expect(targets.statusOf(upstream)).toEqual(["healthy", "healthy"]);
    expect(targets.called.slice(-20)).toContain(A);
  });

  test("is not put out by faults of the service itself, nor by calls whose body the caller may have broken off", async () => {
    const upstream = upstreamOf("notes", { targets: [A, B] });
    targets.servers.set(A, status(500)).set(B, ok);
    await failing(40, upstream);
    targets.servers.set(A, reset);
    await callTimes(40, upstream, { method: "POST", hasBody: true });
    expect([targets.statusOf(upstream), targets.breakerOf(upstream)]).toEqual([["healthy", "healthy"], "closed"]);
  });

  test("stays when half of the targets are out already, and when it is the last", async () => {
    const three = upstreamOf("three", { targets: [A, B, C], retries: 0 });
    for (const url of [A, B]) targets.servers.set(url, reset);
    targets.servers.set(C, ok);
    // Slowly, so that the breaker stays closed.
    for (let n = 0; n < 40; n += 1) {
      targets.clock.nowMs += 1_000;
      await failing(1, three);
      expect(targets.statusOf(three).filter((s) => s === "ejected").length).toBeLessThanOrEqual(1);
    }
    expect(targets.logged.length).toBeGreaterThan(0);
    const one = upstreamOf("one", { targets: [A] });
    await failing(9, one);
    expect(targets.statusOf(one)).toEqual(["healthy"]);
  });
});

describe("the circuit breaker", () => {
  const upstream = upstreamOf("notes", { targets: [A], retries: 0 });

  const open = async () => {
    targets.servers.set(A, reset);
    await callTimes(10, upstream);
    expect(targets.breakerOf(upstream)).toBe("open");
    targets.called.length = 0;
  };

  test("opens when most calls fail, and then says when to come back without calling", async () => {
    await open();
    expect(await targets.call(upstream)).toBe("unavailable 5");
    targets.clock.nowMs += 3_500;
    expect(await targets.call(upstream)).toBe("unavailable 2");
    expect(targets.called).toEqual([]);
    expect(targets.logged).toEqual(["upstream-breaker-open notes"]);
  });

  test("lets one call through after a while, which decides, and the others do not wait for it", async () => {
    await open();
    targets.clock.nowMs += 5_000;
    expect(targets.breakerOf(upstream)).toBe("half-open");
    let respond = (_response: Response): void => {};
    targets.servers.set(A, () => new Promise((resolve) => (respond = resolve)));
    const trial = targets.call(upstream);
    expect(await targets.call(upstream)).toBe("unavailable 1");
    respond(new Response());
    expect(await trial).toBe(200);
    expect(targets.breakerOf(upstream)).toBe("closed");
  });

  test("stays open for twice as long after a trial that failed", async () => {
    await open();
    targets.clock.nowMs += 5_000;
    expect(await targets.call(upstream)).toBe("bad-gateway");
    expect(await targets.call(upstream)).toBe("unavailable 10");
    expect(targets.called).toEqual([A]);
  });

  test("lets the next call through when a trial never ends, as its caller went away", async () => {
    await open();
    targets.clock.nowMs += 5_000;
    // With the call its timers end.
    vi.useFakeTimers();
    targets.servers.set(A, () => new Promise(() => {}));
    void targets.call(upstream);
    await vi.advanceTimersByTimeAsync(0);
    vi.useRealTimers();
    targets.clock.nowMs += 9_999;
    expect(await targets.call(upstream)).toBe("unavailable 1");
    targets.clock.nowMs += 1;
    targets.servers.set(A, ok);
    expect(await targets.call(upstream)).toBe(200);
  });

  test("stays closed while at least half of the calls are good", async () => {
    for (let n = 0; n < 40; n += 1) {
      targets.servers.set(A, n % 2 === 0 ? ok : reset);
      await targets.call(upstream);
    }
    expect(targets.breakerOf(upstream)).toBe("closed");
  });

  test("of one upstream is not that of another", async () => {
    await open();
    targets.servers.set(B, ok);
    expect(await targets.call(upstreamOf("other", { targets: [B] }))).toBe(200);
  });
});
