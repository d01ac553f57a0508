import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type Caller, pointersOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";
import { MAX_ELEMENT_ID } from "../model/element.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const create = (json: unknown) => call("POST", "/sequence", { json });

describe("a new element", () => {
  test("gets the next sequence number and its first version", async () => {
    const first = await create({ elementType: "script", elementId: 1, comment: "one" });
    const second = await create({ elementType: "action", elementId: 1, comment: "", text: "He walks." });
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(first.body).toEqual({
      elementType: "script",
      elementId: 1,
      sequenceNumber: 1,
      versionNumber: 1,
      comment: "one",
    });
    expect(second.body).toMatchObject({ sequenceNumber: 2, comment: "" });
    expect(second.headers.get("etag")).toBe('"1"');
    const read = await call("GET", "/elements/action/1");
    expect(read.body).toMatchObject({ sequenceNumber: 2, versionNumber: 1, text: "He walks.", scriptId: null });
  });

  test("may have the greatest id, and another one beside it still imports", async () => {
    expect((await create({ elementType: "section", elementId: MAX_ELEMENT_ID, comment: "" })).status).toBe(201);
    expect((await create({ elementType: "section", elementId: MAX_ELEMENT_ID + 1, comment: "" })).status).toBe(422);
    const imported = await call("POST", "/scripts", { text: "INT. HOUSE\n\nHe waits." });
    expect(imported.status).toBe(201);
    expect((await call("GET", `/elements/section/${MAX_ELEMENT_ID + 1}`)).body).toMatchObject({ text: "INT. HOUSE" });
  });

  test("is refused the second time, and takes no number with it", async () => {
    const element = { elementType: "character", elementId: 7, comment: "c" };
    const { body } = await create(element);
    expect(await create(element)).toMatchObject({ status: 409, body: { code: "conflict" } });
    const next = await create({ ...element, elementId: 8 });
    expect(next.body["sequenceNumber"]).toBe(Number(body["sequenceNumber"]) + 1);
  });

  test("keeps every letter of its text", async () => {
    const text = "\u{1f3ac} É \"quoted\" 'single' \\ back\nline\ttab -- %s ? :name \u2028";
    await create({ elementType: "action", elementId: 77, comment: text, text });
    expect((await call("GET", "/elements/action/77")).body).toMatchObject({ text, comment: text });
  });
});

describe("bad input", () => {
  const good = { elementType: "action", elementId: 500, comment: "c" };

  test.each([
    ["an unknown type", { ...good, elementType: "scene" }, "#/elementType"],
    ["no type", { elementId: 500, comment: "c" }, "#/elementType"],
    ["id 0", { ...good, elementId: 0 }, "#/elementId"],
    ["a negative id", { ...good, elementId: -1 }, "#/elementId"],
    ["a fraction as id", { ...good, elementId: 1.5 }, "#/elementId"],
    ["a text as id", { ...good, elementId: "500" }, "#/elementId"],
    ["no comment", { elementType: "action", elementId: 500 }, "#/comment"],
    ["a number as comment", { ...good, comment: 5 }, "#/comment"],
    ["an endless comment", { ...good, comment: "x".repeat(2_001) }, "#/comment"],
    ["half a character", { ...good, text: "\ud800" }, "#/text"],
    ["a NUL", { ...good, text: "a\0b" }, "#/text"],
    ["null as text", { ...good, text: null }, "#/text"],
  ])("%s gets 422 and a pointer to it", async (_, json, pointer) => {
    const answer = await create(json);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(answer)).toEqual([pointer]);
  });

  test("every fault is named", async () => {
    expect(pointersOf(await create({ elementType: 1, elementId: "x" }))).toEqual([
      "#/elementType",
      "#/elementId",
      "#/comment",
    ]);
  });

  test("JSON that does not parse gets 400, another media type 415, too much 413", async () => {
    const raw = (text: string, contentType: string) =>
      call("POST", "/sequence", { text, headers: { "content-type": contentType } });
    expect(await raw("{", "application/json")).toMatchObject({ status: 400, body: { code: "malformed-request" } });
    expect((await raw(JSON.stringify(good), "text/plain")).status).toBe(415);
    expect((await create({ ...good, text: "x".repeat(1024 * 1024) })).status).toBe(413);
  });

  test("nothing of it is stored", async () => {
    expect((await call("GET", "/elements/action/500")).status).toBe(404);
    expect(await rowsOf(fountain, "SELECT * FROM versions WHERE element_id = 500")).toEqual([]);
  });
});
