import { describe, expect, test } from "vitest";
import { faultsOfOrder, faultsOfUnknown } from "./reorder.ts";

describe("a new order", () => {
  test("is without fault when it holds the same ids, each once", () => {
    expect(faultsOfOrder([1, 2, 3], [3, 1, 2])).toEqual([]);
    expect(faultsOfOrder([7], [7])).toEqual([]);
  });

  test.each([
    ["a repeated id", [1, 2], [1, 1], ["#/newOrder/1", "#/newOrder"]],
    ["an id repeated among those concerned", [1, 2, 2], [2, 1], ["#/elementIds/2"]],
    ["a foreign id", [1, 2], [2, 1, 3], ["#/newOrder/2"]],
    ["a missing id", [1, 2, 3], [3, 1], ["#/newOrder"]],
    ["no id at all", [1], [], ["#/newOrder"]],
  ])("is refused for %s", (_, elementIds, newOrder, pointers) => {
    expect(faultsOfOrder(elementIds, newOrder).map((fault) => fault.pointer)).toEqual(pointers);
  });

  test("names at most twenty faults, however many there are", () => {
    const ids = Array.from({ length: 1_000 }, (_, index) => index + 1);
    expect(faultsOfOrder(ids, [5_000])).toHaveLength(20);
    expect(faultsOfUnknown(ids, [...ids.keys()])).toHaveLength(20);
  });

  test("names the place of an id that no element has", () => {
    expect(faultsOfUnknown([4, 9], [1])).toEqual([
      { pointer: "#/newOrder/1", detail: "no element of this type has the id 9" },
    ]);
  });
});
