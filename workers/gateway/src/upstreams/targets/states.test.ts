import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createTestTargets, ok, reset, status, upstreamOf } from "../../../../../tests/support/gateway/targets.ts";

const A = "http://a.example";
const B = "http://b.example";

let targets: ReturnType<typeof createTestTargets>;
beforeEach(() => {
  targets = createTestTargets();
});

describe("the limit of calls under way", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });
  const upstream = upstreamOf("notes", { targets: [A], maxConcurrency: 3 });
  const pass = async (ms: number) => {
    for (let passed = 0; passed < ms; passed += 500) {
      targets.clock.nowMs += 500;
      await vi.advanceTimersByTimeAsync(500);
    }
  };

  test("refuses what is more at once, and lets calls through as soon as there is room", async () => {
    const responding: ((response: Response) => void)[] = [];
    targets.servers.set(A, () => new Promise((resolve) => responding.push(resolve)));
    const waiting = [1, 2, 3].map(() => targets.call(upstream, { deadlineAtMs: targets.clock.nowMs + 600_000 }));
    expect(await targets.call(upstream)).toBe("unavailable 1");
    await pass(60_000);
    expect(await targets.call(upstream)).toBe("unavailable 1");
    for (const respond of responding) respond(new Response());
    expect(await Promise.all(waiting)).toEqual([200, 200, 200]);
    targets.servers.set(A, ok);
    expect(await targets.call(upstream)).toBe(200);
  });

  test("forgets calls that the runtime ended without a word", async () => {
    targets.servers.set(A, () => new Promise(() => {}));
    for (let n = 0; n < 3; n += 1) void targets.call(upstream);
    await vi.advanceTimersByTimeAsync(0);
    // With the calls, their timers end.
    vi.clearAllTimers();
    targets.servers.set(A, ok);
    expect(await targets.call(upstream)).toBe("unavailable 1");
    await pass(4_000);
    expect(await targets.call(upstream)).toBe(200);
  });
});

describe("what is known of targets", () => {
  const eject = async () => {
    targets.servers.set(A, reset).set(B, ok);
    for (let n = 0; n < 30; n += 1) await targets.call(upstreamOf("notes", { targets: [A, B] }), { method: "POST" });
    expect(targets.statusOf(upstreamOf("notes", { targets: [A, B] }))).toEqual(["ejected", "healthy"]);
  };

  test("outlives changes of other objects, and of its own upstream where the URL stays", async () => {
    await eject();
    const changed = upstreamOf("notes", { targets: [{ url: A, weight: 2 }, "http://c.example"] }, 2);
    targets.keep(new Map([["notes", changed]]));
    await targets.call(changed);
    expect(targets.statusOf(changed)[0]).toBe("ejected");
    expect(targets.show("notes", changed.targets).targets[0]?.weight).toBe(2);
  });

  test("ends with the upstream", async () => {
    await eject();
    targets.keep(new Map());
    expect(targets.statusOf(upstreamOf("notes", { targets: [A, B] }))).toEqual(["unknown", "unknown"]);
  });
});

describe("a health check", () => {
  const upstream = upstreamOf("notes", { targets: [A, B], health: { path: "/health", intervalSeconds: 10 } });
  const callAndCheck = async () => {
    await targets.call(upstream);
    await Promise.all(targets.afterwards.splice(0));
  };

  test("goes along with calls, and no more often than is configured", async () => {
    targets.servers.set(A, ok).set(B, ok);
    for (let second = 0; second <= 20; second += 1) {
      await callAndCheck();
      targets.clock.nowMs += 1_000;
    }
    expect(targets.checked.sort()).toEqual([...Array(3).fill(`${A}/health`), ...Array(3).fill(`${B}/health`)]);
  });

  test("that fails twice takes a target out, and one that succeeds brings it back", async () => {
    targets.servers.set(A, status(302)).set(B, ok);
    const check = () => targets.check(new Map([["notes", upstream]]));
    const failingSince = new Date(targets.clock.nowMs).toISOString();
    await check();
    expect(targets.statusOf(upstream)).toEqual(["healthy", "healthy"]);
    targets.clock.nowMs += 10_000;
    await check();
    expect(targets.statusOf(upstream)).toEqual(["unhealthy", "healthy"]);
    const [shown] = targets.show("notes", upstream.targets).targets;
    expect(shown).toMatchObject({ failures: 2, failingSince, failure: "health-check" });
    await Promise.all(Array.from({ length: 20 }, () => targets.call(upstream)));
    expect(targets.called).not.toContain(A);
    targets.clock.nowMs += 10_000;
    targets.servers.set(A, ok);
    await check();
    expect(targets.statusOf(upstream)).toEqual(["healthy", "healthy"]);
    expect(targets.show("notes", upstream.targets).targets[0]).toEqual({
      url: A,
      weight: 1,
      status: "healthy",
      failures: 0,
    });
    expect(targets.logged).toEqual([`upstream-target-unhealthy ${A}`, `upstream-target-healthy ${A}`]);
  });

  test("that fails everywhere leaves all targets to be tried", async () => {
    targets.servers.set(A, status(500)).set(B, status(500));
    for (let n = 0; n < 2; n += 1) {
      await callAndCheck();
      targets.clock.nowMs += 10_000;
    }
    expect(targets.statusOf(upstream)).toEqual(["unhealthy", "unhealthy"]);
    targets.servers.set(A, ok).set(B, ok);
    expect(await targets.call(upstream)).toBe(200);
  });
});
