import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, itemsOf, pointersOf, steppedUp } from "../../../../tests/support/service-a.ts";

const SCREENPLAY = "INT. HOUSE\n\nHe waits.\n\nBOB\nHello.\n\nEXT. GARDEN\n\nShe runs.";

let fountain: Fountain;
let call: Caller;
let scriptId: number;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
  for (let elementId = 101; elementId <= 107; elementId += 1)
    await call("POST", "/sequence", { json: { elementType: "spokenWord", elementId, comment: `number ${elementId}` } });
  scriptId = Number((await call("POST", "/scripts", { text: SCREENPLAY })).body["scriptId"]);
});
afterAll(() => fountain?.stop());

describe("the list of elements", () => {
  test("comes in sequence, each element once", async () => {
    const items = await allItems(call, "/elements", 3);
    expect(items.map((item) => item["sequenceNumber"])).toEqual(Array.from({ length: 14 }, (_, index) => index + 1));
    expect(items[0]).toEqual({
      elementType: "spokenWord",
      elementId: 101,
      sequenceNumber: 1,
      versionNumber: 1,
      comment: "number 101",
      text: "",
      scriptId: null,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      updatedAt: items[0]?.["createdAt"],
    });
  });

  test("can be confined to a type, to a script, and to both", async () => {
    const typesOf = async (query: string) =>
      (await allItems(call, `/elements?${query}`)).map((item) => item["elementType"]);
    expect(await typesOf("elementType=spokenWord")).toHaveLength(8);
    expect(await typesOf(`scriptId=${scriptId}`)).toEqual([
      "section",
      "action",
      "character",
      "spokenWord",
      "section",
      "action",
    ]);
    expect(await typesOf(`scriptId=${scriptId}&elementType=spokenWord`)).toEqual(["spokenWord"]);
    expect(await typesOf("elementType=script")).toEqual(["script"]);
    expect(await typesOf("scriptId=999")).toEqual([]);
  });

  test("goes on where it was, whatever is added in between", async () => {
    const first = await call("GET", "/elements?limit=5");
    await call("POST", "/sequence", { json: { elementType: "action", elementId: 900, comment: "" } });
    const rest = await allItems(call, `/elements?after=${first.body["next"]}`);
    const numbers = [...itemsOf(first), ...rest].map((item) => item["sequenceNumber"]);
    expect(numbers).toEqual(Array.from({ length: 15 }, (_, index) => index + 1));
  });

  test.each([
    ["limit=0", "#/query/limit"],
    ["limit=201", "#/query/limit"],
    ["after=!!", "#/query/after"],
    ["after=eA", "#/query/after"],
    ["elementType=scene", "#/query/elementType"],
    ["scriptId=x", "#/query/scriptId"],
  ])("?%s gets 422", async (query, pointer) => {
    const answer = await call("GET", `/elements?${query}`);
    expect(answer.status).toBe(422);
    expect(pointersOf(answer)).toEqual([pointer]);
  });
});

describe("one element", () => {
  test("is read by type and id, and an unknown one is not found", async () => {
    const found = await call("GET", "/elements/spokenWord/103");
    expect(found).toMatchObject({ status: 200, body: { elementId: 103, sequenceNumber: 3 } });
    expect(found.headers.get("etag")).toBe('"1"');
    expect((await call("GET", "/elements/spokenWord/5000")).status).toBe(404);
    expect((await call("GET", "/elements/action/103")).status).toBe(404);
  });
});
