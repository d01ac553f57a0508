import { beforeEach, describe, expect, test } from "vitest";
import { createRecentMemory } from "./recent-memory.ts";

describe("a memory of what was used of late", () => {
  let nowMs = 0;
  const create = (max: number) => createRecentMemory<number>({ max, keepMs: 1_000, now: () => nowMs });
  const names = (count: number): string[] => Array.from({ length: count }, (_, index) => `name ${index}`);

  beforeEach(() => {
    nowMs = 0;
  });

  test("asked in turn for more than it holds, knows as many as it holds", () => {
    const memory = create(100);
    const hits = (): number => names(150).filter((name) => memory.get(name) ?? void memory.set(name, 1)).length;
    hits();
    for (let round = 0; round < 50; round += 1) {
      nowMs += 300;
      expect(hits()).toBe(100);
    }
  });

  test("keeps what is used, and forgets what is not once there is more", () => {
    const memory = create(100);
    memory.set("used", 1);
    memory.set("unused", 2);
    for (const name of ["b", "c", "d"]) {
      nowMs += 1_000;
      expect(memory.get("used")).toBe(1);
      memory.set(name, 3);
    }
    expect(memory.get("unused")).toBeUndefined();
  });

  test("never holds more than its bound, whatever comes", () => {
    const memory = create(100);
    for (const name of names(10_000)) {
      nowMs += 1;
      memory.set(name, 1);
    }
    expect(names(10_000).filter((name) => memory.get(name) !== undefined).length).toBeLessThanOrEqual(100);
  });

  test("replaces a value, also when it is full, deletes and clears", () => {
    const memory = create(2);
    memory.set("a", 1);
    memory.set("b", 1);
    memory.set("a", 2);
    expect(memory.get("a")).toBe(2);
    memory.delete("a");
    expect(memory.get("a")).toBeUndefined();
    memory.clear();
    expect(memory.get("b")).toBeUndefined();
  });
});
