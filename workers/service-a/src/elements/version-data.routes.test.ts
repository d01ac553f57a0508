/** Versions that are made of a JSON object. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type Caller, itemsOf, pointersOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
let lastId = 0;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const newElement = async (): Promise<number> => {
  lastId += 100;
  const json = { elementType: "action", elementId: lastId, comment: "first", text: "one" };
  expect((await call("POST", "/sequence", { json })).status).toBe(201);
  return lastId;
};

/** `data` is JSON, so that nothing is lost of it on the way. */
const revise = (elementId: number, data: string, headers: Record<string, string> = {}) =>
  call("POST", "/sequence/version", {
    text: `{"elementType":"action","elementId":${elementId},"newVersionData":${data},"comment":"why"}`,
    headers: { "content-type": "application/json", ...headers },
  });
const read = async (id: number, version: number) =>
  (await call("GET", `/elements/action/${id}/versions/${version}`)).body;

/** An object whose JSON has so many bytes. */
const ofBytes = (bytes: number): string => JSON.stringify({ note: "é".repeat((bytes - 11) / 2) });

describe("a version made of a JSON object", () => {
  test.each([
    ["{}", ""],
    ['{"a":1}', ""],
    ['{"text":"She goes.","camera":{"lens":35,"moves":["pan",null,true,-0.5e-3]}}', "She goes."],
    ['{"text":""}', ""],
    ['{"__proto__":{"text":"x"},"constructor":"y","toString":1,"toJSON":2,"text":"z"}', "z"],
    ['{"b":[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]],"\\u0000":"\\ud800"}', ""],
    ['{"ключ":"значение 😀"}', ""],
    [ofBytes(65_536 - 1), ""],
  ])("%.60s is kept as it is, its text is the text", async (data, text) => {
    const id = await newElement();
    expect(await revise(id, data)).toMatchObject({ status: 201, body: { versionNumber: 2 } });
    const version = await read(id, 2);
    expect(version["text"]).toBe(text);
    expect(JSON.stringify(version["newVersionData"])).toBe(JSON.stringify(JSON.parse(data)));
    expect((await call("GET", `/elements/action/${id}`)).body).toMatchObject({ versionNumber: 2, text });
    expect((await read(id, 1))["newVersionData"]).toBe("one");
    const [first, second] = itemsOf(await call("GET", `/elements/action/${id}/versions`));
    expect([first?.["newVersionData"], second]).toEqual(["one", version]);
  });

  test.each([
    ['{"text":5}', "#/newVersionData/text"],
    ['{"text":null}', "#/newVersionData/text"],
    ['{"text":{"text":"x"}}', "#/newVersionData/text"],
    ['{"text":"a\\u0000"}', "#/newVersionData/text"],
    ['{"text":"\\ud800"}', "#/newVersionData/text"],
    ['{"a":[{"n":12345678901234567890}]}', "#/newVersionData/a/0/n"],
    ['{"n":1e999}', "#/newVersionData/n"],
    [ofBytes(65_536 + 1), "#/newVersionData"],
  ])("%.60s gets 422, and nothing is changed", async (data, pointer) => {
    const id = await newElement();
    const refused = await revise(id, data);
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual([pointer]);
    expect((await call("GET", `/elements/action/${id}`)).body["versionNumber"]).toBe(1);
  });

  test("has at most 64 KiB, which the refusal says", async () => {
    const refused = await revise(await newElement(), ofBytes(65_536 + 1));
    expect(Object(itemsOf(refused, "errors")[0])["detail"]).toBe("must have at most 65536 bytes as JSON");
  });

  test.each([[`{"a":${"[".repeat(40)}${"]".repeat(40)}}`], ['{"a":1,"a":2}']])(
    "%.40s gets 400 before it is parsed",
    async (data) => {
      expect((await revise(await newElement(), data)).status).toBe(400);
    },
  );

  test("has its entity tag, its condition and its key as any other", async () => {
    const id = await newElement();
    const headers = { "if-match": '"1"', "idempotency-key": `data-${id}` };
    const made = await revise(id, '{"text":"two"}', headers);
    expect(made.headers.get("etag")).toBe('"2"');
    expect((await revise(id, '{"text":"two"}', headers)).headers.get("idempotency-replayed")).toBe("true");
    expect((await revise(id, '"{\\"text\\":\\"two\\"}"', headers)).status).toBe(422);
    expect((await revise(id, '{"text":"three"}', { "if-match": '"1"' })).status).toBe(412);
    expect(await read(id, 2)).toMatchObject({ newVersionData: { text: "two" }, text: "two" });
  });

  test("is compared by its text", async () => {
    const id = await newElement();
    await revise(id, '{"text":"two","x":1}');
    const { body } = await call("GET", `/elements/action/${id}/versions/2?diff=1`);
    expect(body["diff"]).toMatchObject({
      changes: [
        { kind: "removed", lines: ["one"] },
        { kind: "added", lines: ["two"] },
      ],
    });
  });

  test("is exported by its text", async () => {
    const imported = await call("POST", "/scripts", { text: "He goes.\n\n> FADE OUT.\n" });
    const { body } = await call("GET", `/elements?scriptId=${imported.body["scriptId"]}`);
    const items = Array.isArray(body["items"]) ? body["items"] : [];
    expect((await revise(items[0].elementId, '{"text":"She goes.","x":1}')).status).toBe(201);
    const exported = await call("GET", `/scripts/${imported.body["scriptId"]}.fountain`);
    expect(exported.text).toBe("She goes.\n\n> FADE OUT.\n");
  });

  test("is searched by its text", async () => {
    const id = await newElement();
    await revise(id, '{"text":"Quetzalcoatl arrives","hidden":"Xipetotec"}');
    const found = async (q: string): Promise<unknown> => {
      const json = { q, query_by: "text" };
      const { authorization = "" } = await credentials();
      const response = await fountain.fetch("/search/search", {
        method: "POST",
        headers: { authorization, "content-type": "application/json" },
        body: JSON.stringify(json),
      });
      return Object(await response.json()).found;
    };
    await expect.poll(() => found("Quetzalcoatl"), { timeout: 20_000 }).toBe(1);
    expect(await found("Xipetotec")).toBe(0);
  });
});

const credentials = async (): Promise<Record<string, string>> => {
  const { adminUsername: username, adminPassword: password } = fountain;
  const response = await fountain.fetch("/kms/login", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ username, password }),
  });
  return { authorization: `Bearer ${Object(await response.json()).access_token}` };
};
