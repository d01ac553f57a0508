import { describe, expect, test } from "vitest";
import { atOnce, eachInSteps, inSlices, type Steps, tally } from "./steps.ts";

function* count(steps: number, cost: number): Steps<number> {
  for (let step = 0; step < steps; step += 1) yield cost;
  return steps;
}

/** How often something else had its turn before the work was done. */
const slicesOfOthersDuring = async (work: Promise<unknown>): Promise<number> => {
  let turns = 0;
  let isDone = false;
  const end = work.finally(() => {
    isDone = true;
  });
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    turns += 1;
  }
  await end;
  return turns;
};

describe("work in steps", () => {
  test("gives the same at once and in turns", async () => {
    expect(atOnce(count(3, 1))).toBe(3);
    expect(await inSlices(count(3, 1_000_000))).toBe(3);
  });

  test("lets others have a turn by how much it has done, not by how many steps it took", async () => {
    expect(await slicesOfOthersDuring(inSlices(count(50, 1_000_000)))).toBeGreaterThanOrEqual(50);
    expect(await slicesOfOthersDuring(inSlices(count(1_000, 1)))).toBeLessThan(10);
  });

  test("fails as the work does", async () => {
    function* fails(): Steps<never> {
      yield 1;
      throw new Error("no");
    }
    await expect(inSlices(fails())).rejects.toThrow("no");
  });

  test("may be small pieces, which are added up", () => {
    const work = tally();
    const isEnough = Array.from({ length: 9 }, () => work.add(4_096));
    expect(isEnough).toEqual([false, false, false, false, false, false, false, true, true]);
    expect(work.take()).toBe(9 * 4_096);
    expect(work.take()).toBe(0);
    expect(work.add(1)).toBe(false);
  });

  test("looks at each element once, and says what that cost", () => {
    const seen: string[] = [];
    const costs = [
      ...eachInSteps(
        ["a", "bb", "c"],
        (element, index) => seen.push(`${index}${element}`),
        (text) => text.length,
      ),
    ];
    expect(seen).toEqual(["0a", "1bb", "2c"]);
    expect(costs).toEqual([100]);
    expect([...eachInSteps(Array(10_000).fill(""), () => {})].length).toBeGreaterThan(3);
  });
});
