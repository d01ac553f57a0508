import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createSharedTimer } from "./shared-timer.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const silence = () => new Promise<string>(() => undefined);

test("ends each wait at its own limit, with one timer for those that are as long", async () => {
  const withinTime = createSharedTimer(() => undefined);
  const ended: string[] = [];
  const wait = (name: string, limitMs: number) => withinTime(silence(), limitMs).then(() => ended.push(name));
  wait("first", 10_000);
  await vi.advanceTimersByTimeAsync(4_000);
  wait("second", 10_000);
  wait("long", 60_000);
  expect(vi.getTimerCount()).toBe(1);
  wait("short", 2_000);
  await vi.advanceTimersByTimeAsync(1_999);
  expect(ended).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(ended).toEqual(["short"]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(ended).toEqual(["short", "first"]);
  await vi.advanceTimersByTimeAsync(4_000);
  expect(ended).toEqual(["short", "first", "second"]);
  await vi.advanceTimersByTimeAsync(50_000);
  expect(ended).toEqual(["short", "first", "second", "long"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("gives what the work gives, and fails as it fails", async () => {
  const withinTime = createSharedTimer(() => undefined);
  expect(await withinTime(Promise.resolve("done"), 1_000)).toBe("done");
  await expect(withinTime(Promise.reject(new Error("broken")), 1_000)).rejects.toThrow("broken");
});

test("notices with the next wait that the runtime has dropped its timer", async () => {
  const withinTime = createSharedTimer(() => undefined);
  const lost = withinTime(silence(), 1_000);
  vi.clearAllTimers();
  await vi.advanceTimersByTimeAsync(5_000);
  void withinTime(silence(), 1_000);
  await vi.advanceTimersByTimeAsync(1);
  expect(await lost).toBeUndefined();
});
