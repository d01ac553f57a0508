import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type Caller, itemsOf, pointersOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
  // Numbers 1 to 8: actions have the odd ones.
  for (let elementId = 1; elementId <= 4; elementId += 1)
    for (const elementType of ["action", "section"])
      await call("POST", "/sequence", { json: { elementType, elementId, comment: "c" } });
});
afterAll(() => fountain?.stop());

const reorder = (json: unknown) => call("POST", "/sequence/reorder", { json });
const everything = () =>
  rowsOf(fountain, "SELECT element_type, element_id, sequence_number, updated_at FROM elements ORDER BY 1, 2");
const changes = async () =>
  (await rowsOf(fountain, "SELECT seq FROM sqlite_sequence WHERE name = 'outbox'"))[0]?.["seq"];

describe("a new order", () => {
  test("deals the numbers that the elements hold out among them, and moves no other", async () => {
    const before = Number(await changes());
    const answer = await reorder({
      elementType: "action",
      elementIds: [4, 2, 1],
      newOrder: [4, 1, 2],
      comment: "better",
    });
    expect(answer).toMatchObject({ status: 200, body: { comment: "better" } });
    expect(answer.body["reorderedElements"]).toEqual([
      { elementId: 4, oldSequenceNumber: 7, newSequenceNumber: 1 },
      { elementId: 1, oldSequenceNumber: 1, newSequenceNumber: 3 },
      { elementId: 2, oldSequenceNumber: 3, newSequenceNumber: 7 },
    ]);
    const numbers = (await everything()).map((row) => row["sequence_number"]);
    expect(numbers).toEqual([3, 7, 5, 1, 2, 4, 6, 8]);
    expect(Number(await changes())).toBe(before + 3);
  });

  test("changes the tags of what it moves, which still name the version, and of nothing else", async () => {
    const read = (id: number, headers = {}) => call("GET", `/elements/section/${id}`, { headers });
    const tagOf = async (id: number) => String((await read(id)).headers.get("etag"));
    const [moved, unmoved] = [await tagOf(1), await tagOf(3)];
    const move = (newOrder: number[]) => reorder({ elementType: "section", elementIds: [1, 2], newOrder });
    for (const newOrder of [
      [2, 1],
      [1, 2],
    ]) {
      expect((await move(newOrder)).status).toBe(200);
      expect((await read(1, { "if-none-match": moved })).status).toBe(200);
    }
    expect((await read(3, { "if-none-match": unmoved })).status).toBe(304);
    const latest = await tagOf(1);
    expect((await read(1, { "if-none-match": latest })).status).toBe(304);
    const json = { elementType: "section", elementId: 1, newVersionData: "x", comment: "c" };
    const made = await call("POST", "/sequence/version", { json, headers: { "if-match": latest } });
    expect([made.status, await tagOf(1)]).toEqual([201, '"2"']);
    const stale = await call("POST", "/sequence/version", { json, headers: { "if-match": latest } });
    expect(stale.status).toBe(412);
  });

  test("that is the old one changes nothing, and tells search nothing", async () => {
    const [rows, count] = [await everything(), await changes()];
    const order = [1, 2, 3, 4];
    const answer = await reorder({ elementType: "section", elementIds: order, newOrder: order });
    expect(answer.status).toBe(200);
    for (const move of itemsOf(answer, "reorderedElements"))
      expect(move["newSequenceNumber"]).toBe(move["oldSequenceNumber"]);
    expect(await everything()).toEqual(rows);
    expect(await changes()).toBe(count);
  });
});

describe("bad input", () => {
  const good = { elementType: "action", elementIds: [1, 2, 3], newOrder: [3, 2, 1] };

  test.each([
    ["a missing id", { ...good, newOrder: [3, 2] }, ["#/newOrder"]],
    ["a foreign id", { ...good, newOrder: [3, 2, 4] }, ["#/newOrder/2", "#/newOrder"]],
    ["a repeated id", { ...good, newOrder: [3, 2, 2] }, ["#/newOrder/2", "#/newOrder"]],
    ["ids repeated in both", { ...good, elementIds: [1, 1], newOrder: [1, 1] }, ["#/elementIds/1", "#/newOrder/1"]],
    ["an id that no element has", { ...good, elementIds: [1, 99], newOrder: [99, 1] }, ["#/newOrder/0"]],
    [
      "an id of another type only",
      { ...good, elementType: "character" },
      ["#/newOrder/0", "#/newOrder/1", "#/newOrder/2"],
    ],
    ["no ids", { ...good, elementIds: [], newOrder: [] }, ["#/elementIds", "#/newOrder"]],
    ["texts as ids", { ...good, newOrder: ["3", 2, 1] }, ["#/newOrder/0"]],
    ["no new order", { elementType: "action", elementIds: [1] }, ["#/newOrder"]],
    ["an unknown type", { ...good, elementType: "scene" }, ["#/elementType"]],
  ])("%s gets 422, and nothing is changed", async (_, json, pointers) => {
    const [rows, count] = [await everything(), await changes()];
    const answer = await reorder(json);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(answer)).toEqual(pointers);
    expect(await everything()).toEqual(rows);
    expect(await changes()).toBe(count);
  });

  test("more than ten thousand ids get 422", async () => {
    const ids = Array.from({ length: 10_001 }, (_, index) => index + 1);
    expect((await reorder({ ...good, elementIds: ids, newOrder: ids })).status).toBe(422);
  });
});

test("a new order of thousands of elements is one call", async () => {
  const screenplay = Array.from({ length: 5_000 }, (_, index) => `INT. ROOM ${index}`).join("\n\n");
  const { scriptId } = (await call("POST", "/scripts", { text: screenplay })).body;
  const sections = await rowsOf(
    fountain,
    `SELECT element_id AS id, sequence_number AS number FROM elements WHERE script_id = ${scriptId} ORDER BY 2`,
  );
  const elementIds = sections.map((row) => row["id"]);
  const answer = await reorder({ elementType: "section", elementIds, newOrder: elementIds.toReversed() });
  expect(answer.status).toBe(200);
  const moves = itemsOf(answer, "reorderedElements");
  expect(moves.map((move) => move["newSequenceNumber"])).toEqual(sections.map((row) => row["number"]));
  expect(moves.map((move) => move["oldSequenceNumber"])).toEqual(sections.map((row) => row["number"]).toReversed());
});
