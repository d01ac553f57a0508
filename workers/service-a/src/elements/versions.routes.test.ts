import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { allItems, type Caller, itemsOf, pointersOf, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
let lastId = 0;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

/** The id of a new action in its first version, whose text is `one`. */
const newElement = async (): Promise<number> => {
  lastId += 1;
  const json = { elementType: "action", elementId: lastId, comment: "first", text: "one" };
  expect((await call("POST", "/sequence", { json })).status).toBe(201);
  return lastId;
};

const revise = (elementId: number, newVersionData: unknown, headers: Record<string, string> = {}) =>
  call("POST", "/sequence/version", {
    json: { elementType: "action", elementId, newVersionData, comment: "why" },
    headers,
  });

describe("a new version", () => {
  test("has the next number, and the ones before it stay readable", async () => {
    const id = await newElement();
    const made = await revise(id, "two");
    expect(made).toMatchObject({ status: 201, body: { versionNumber: 2, comment: "why" } });
    expect(made.body).toEqual({ versionNumber: 2, comment: "why" });
    expect(made.headers.get("etag")).toBe('"2"');
    const latest = await call("GET", `/elements/action/${id}`);
    expect(latest.body).toMatchObject({ versionNumber: 2, text: "two", comment: "why" });
    expect(latest.headers.get("etag")).toBe('"2"');
    const first = await call("GET", `/elements/action/${id}/versions/1`);
    expect(first).toMatchObject({ status: 200, body: { versionNumber: 1, text: "one", comment: "first" } });
    expect(first.body["createdBy"]).toMatch(/^[0-9a-f-]{36}$/);
    expect(first.body["createdAt"]).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  });

  test("may be empty", async () => {
    const id = await newElement();
    expect((await revise(id, "")).status).toBe(201);
    expect((await call("GET", `/elements/action/${id}`)).body["text"]).toBe("");
  });

  test("of an unknown element gets 404, with or without a condition", async () => {
    for (const headers of [{}, { "if-match": '"1"' }, { "if-match": "*" }])
      expect((await revise(999_999, "two", headers)).status).toBe(404);
  });

  test.each([["x"], 5, true, null, undefined, "\udfff"])("of %j gets 422 and changes nothing", async (data) => {
    const id = await newElement();
    const refused = await revise(id, data);
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual(["#/newVersionData"]);
    expect((await call("GET", `/elements/action/${id}`)).body["versionNumber"]).toBe(1);
  });
});

describe("a condition on the version it replaces", () => {
  test.each(['"1"', '"7", "1"', "*", ' "1" '])("If-Match: %s holds", async (condition) => {
    expect((await revise(await newElement(), "two", { "if-match": condition })).status).toBe(201);
  });

  test.each(['"2"', 'W/"1"', "1", '"one"', '"7", "8"'])(
    "If-Match: %s gets 412 and changes nothing",
    async (condition) => {
      const id = await newElement();
      const before = await rowsOf(fountain, "SELECT count(*) AS rows FROM versions");
      const refused = await revise(id, "two", { "if-match": condition });
      expect(refused).toMatchObject({ status: 412, body: { code: "precondition-failed" } });
      expect(await rowsOf(fountain, "SELECT count(*) AS rows FROM versions")).toEqual(before);
      expect((await call("GET", `/elements/action/${id}`)).body).toMatchObject({ versionNumber: 1, text: "one" });
    },
  );
});

describe("the list of versions", () => {
  test("comes oldest first, in pages that hold each once", async () => {
    const id = await newElement();
    for (const text of ["two", "three", "four", "five"]) await revise(id, text);
    const versions = await allItems(call, `/elements/action/${id}/versions`, 2);
    expect(versions.map((version) => [version["versionNumber"], version["text"]])).toEqual([
      [1, "one"],
      [2, "two"],
      [3, "three"],
      [4, "four"],
      [5, "five"],
    ]);
  });

  test("ends a page early when the texts are long, and leaves none out", async () => {
    const id = await newElement();
    const long = "x".repeat(400_000);
    for (const letter of ["a", "b", "c"]) await revise(id, letter + long);
    const page = await call("GET", `/elements/action/${id}/versions?limit=200`);
    expect(itemsOf(page).length).toBeLessThan(4);
    const versions = await allItems(call, `/elements/action/${id}/versions`);
    expect(versions.map((version) => String(version["text"]).slice(0, 1))).toEqual(["o", "a", "b", "c"]);
  });

  test.each(["/elements/action/999999/versions", "/elements/action/999999/versions/1", "/elements/section/1/versions"])(
    "%s is not found",
    async (path) => {
      expect((await call("GET", path)).status).toBe(404);
    },
  );

  test("has no version that was not made", async () => {
    expect((await call("GET", `/elements/action/${await newElement()}/versions/2`)).status).toBe(404);
  });

  test.each(["/elements/scene/1/versions", "/elements/action/x/versions", "/elements/action/1/versions/0"])(
    "%s is not a path of sense",
    async (path) => {
      expect((await call("GET", path)).status).toBe(422);
    },
  );
});

describe("one version", () => {
  test("is compared with another one line by line, forwards and backwards", async () => {
    const id = await newElement();
    await revise(id, "zero\none\ntwo");
    const forwards = await call("GET", `/elements/action/${id}/versions/2?diff=1`);
    expect(forwards).toMatchObject({ status: 200, body: { versionNumber: 2, text: "zero\none\ntwo" } });
    expect(forwards.body["diff"]).toEqual({
      from: 1,
      to: 2,
      changes: [
        { kind: "added", lines: ["zero"] },
        { kind: "unchanged", lines: ["one"] },
        { kind: "added", lines: ["two"] },
      ],
    });
    const backwards = await call("GET", `/elements/action/${id}/versions/1?diff=2`);
    expect(backwards.body).toMatchObject({
      diff: { from: 2, to: 1, changes: [{ kind: "removed", lines: ["zero"] }, {}, {}] },
    });
    const itself = await call("GET", `/elements/action/${id}/versions/1?diff=1`);
    expect(itself.body["diff"]).toEqual({ from: 1, to: 1, changes: [{ kind: "unchanged", lines: ["one"] }] });
    expect((await call("GET", `/elements/action/${id}/versions/1`)).body).not.toHaveProperty("diff");
  });

  test("is not compared with one that was not made, nor with what is no number", async () => {
    const path = `/elements/action/${await newElement()}/versions/1`;
    expect((await call("GET", `${path}?diff=2`)).status).toBe(404);
    for (const odd of ["0", "x", "-1", "1.5", ""]) {
      const answer = await call("GET", `${path}?diff=${odd}`);
      expect(answer.status).toBe(422);
      expect(pointersOf(answer)).toEqual(["#/query/diff"]);
    }
  });

  test("is not compared with one that has nothing to do with it", async () => {
    const id = await newElement();
    const long = (name: string) => Array.from({ length: 20_000 }, (_, index) => `${name} ${index}`).join("\n");
    await revise(id, long("a"));
    await revise(id, long("b"));
    const answer = await call("GET", `/elements/action/${id}/versions/3?diff=2`);
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(String(answer.body["detail"])).toContain("1000 lines");
  });

  test("is not sent to whoever has it already", async () => {
    const path = `/elements/action/${await newElement()}/versions/1`;
    const first = await call("GET", path);
    const etag = String(first.headers.get("etag"));
    expect(etag).toBe('"1"');
    const again = await call("GET", path, { headers: { "if-none-match": etag } });
    expect(again).toMatchObject({ status: 304, text: "" });
    expect(again.headers.get("etag")).toBe(etag);
    expect((await call("GET", path, { headers: { "if-none-match": '"2"' } })).status).toBe(200);
  });
});
