import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { send } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { type Caller, rowsOf, steppedUp } from "../../../../tests/support/service-a.ts";

let fountain: Fountain;
let call: Caller;
beforeAll(async () => {
  fountain = await startFountain();
  call = await steppedUp(fountain);
});
afterAll(() => fountain?.stop());

const bytesOf = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));
/** Without `type`, the request names no type at all. */
const upload = async (body: string | Uint8Array<ArrayBuffer>, type?: string) => {
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  return call("POST", "/scripts", { text: bytes, headers: { "content-type": type ?? "" } });
};
const textsOf = async (scriptId: unknown): Promise<unknown[]> => {
  const { body } = await call("GET", `/elements?scriptId=${scriptId}`);
  return Array.isArray(body["items"]) ? body["items"].map((item) => item.text) : [];
};

describe("an upload", () => {
  test.each([
    undefined,
    "text/plain",
    "Text/Plain; charset=UTF-8",
    "text/plain;charset=utf-8",
    "text/x-fountain",
    "text/markdown; charset=utf-8; variant=GFM",
    "application/octet-stream",
  ])("may be of the type %s", async (type) => {
    const imported = await upload("INT. CAFÉ\n\n李雷走进房间。\n", type);
    expect(imported.status).toBe(201);
    expect(await textsOf(imported.body["scriptId"])).toEqual(["INT. CAFÉ", "李雷走进房间。"]);
  });

  test("may name no type at all", async () => {
    const { adminUsername: username, adminPassword: password } = fountain;
    const login = await send(fountain, "POST", "/kms/login", { json: { username, password } });
    const headers = { authorization: `Bearer ${login.body["access_token"]}` };
    const body = bytesOf("INT. CAFÉ\n");
    expect((await fountain.fetch("/service-a/scripts", { method: "POST", headers, body })).status).toBe(201);
  });

  test.each(["application/json", "multipart/form-data; boundary=x", "text/html", "image/png"])(
    "of the type %s is refused, and told which are taken",
    async (type) => {
      const refused = await upload("INT. CAFÉ\n", type);
      expect(refused).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
      expect(refused.body["detail"]).toMatch(
        /text\/plain, text\/x-fountain, text\/markdown, application\/octet-stream/,
      );
    },
  );

  test("in another charset is read as it says", async () => {
    const latin = new Uint8Array([...bytesOf("INT. CAF"), 0xc9, 0x0a]);
    const imported = await upload(latin, "text/plain; charset=iso-8859-1");
    expect(await textsOf(imported.body["scriptId"])).toEqual(["INT. CAFÉ"]);
  });

  test("in a charset that is not known is refused, and the known ones are named", async () => {
    const refused = await upload("INT. CAFÉ\n", "text/plain; charset=koi8-r");
    expect(refused).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
    expect(refused.body["detail"]).toMatch(/UTF-8.*ISO-8859-1.*windows-1252/);
  });

  test.each<readonly [string, Uint8Array<ArrayBuffer>, RegExp]>([
    [
      "bytes of another charset",
      new Uint8Array([...bytesOf("a\nb\ncaf"), 0xe9, 0x0a]),
      /^Line 3 contains bytes that are not utf-8/,
    ],
    ["a NUL", bytesOf("a\r\nb\0\n"), /^Line 2 contains a NUL/],
    [
      "an endless element",
      bytesOf(`a\n\n${"b".repeat(2 ** 20 + 1)}`),
      /^The element at line 3, .* has more than 1048576/,
    ],
  ])("with %s is refused, on the line that has it, and nothing is stored", async (_, bytes, detail) => {
    const count = "SELECT (SELECT count(*) FROM elements) + (SELECT count(*) FROM scripts) AS rows";
    const before = await rowsOf(fountain, count);
    const refused = await upload(bytes);
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(Object(refused.body["errors"])[0].detail).toMatch(detail);
    expect(await rowsOf(fountain, count)).toEqual(before);
  });

  test("with too many lines is refused with that reason", async () => {
    const refused = await upload("a\n".repeat(200_001));
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(refused.body["detail"]).toContain("more than 200000 lines that are not blank");
  });

  test("with form feeds and other odd characters is kept as it is", async () => {
    const source = "INT. CAFÉ\n\nHe \u0007goes.\f\nShe\vstays.\u001a\n";
    const imported = await upload(source);
    expect(imported.status).toBe(201);
    expect(await textsOf(imported.body["scriptId"])).toEqual(["INT. CAFÉ", "He \u0007goes.", "She\nstays.\u001a"]);
  });
});
