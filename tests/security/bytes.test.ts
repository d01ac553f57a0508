/** How the bytes of a request are read, by every operation alike: text is UTF-8 or refused, and no byte is no body. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";
import { OPERATIONS, type Operation, pathOf, SENDING } from "./rows.ts";

const isRead = ({ policy }: Operation): boolean => policy.decodedBy === undefined;

let fountain: Fountain;
let administrator: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain({ settings: { REGISTRATION: "open" } });
  administrator = await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

interface Sent {
  headers?: Record<string, string>;
  body?: BodyInit;
  part?: string;
  query?: string;
}

const send = async ({ method, template }: Operation, { headers = {}, body, part = "7", query = "" }: Sent) => {
  const init = {
    method,
    headers: { ...administrator, ...headers },
    ...(body !== undefined && { body }),
    duplex: "half",
  };
  const response = await fountain.fetch(pathOf(template, part) + query, init);
  return { status: response.status, headers: response.headers, text: await response.text() };
};

const emptyStream = (): ReadableStream => new ReadableStream({ start: (controller) => controller.close() });
/** A member and a parameter of everything that is read as text. */
const LATIN_1 = new Uint8Array([...new TextEncoder().encode('{"name":"caf'), 0xe9, ...new TextEncoder().encode('"}')]);

describe.each(SENDING)("$name", (operation) => {
  test("takes no bytes for no body, whatever they are called", async () => {
    const types = ["text/plain", "application/json", operation.type, "multipart/form-data; boundary=x"];
    for (const type of types) {
      const headers = { "content-type": type, "content-encoding": "gzip" };
      const { status, text } = await send(operation, { headers, body: emptyStream() });
      expect(status, `${type}: ${text}`).not.toBe(415);
      expect(status, `${type}: ${text}`).toBeLessThan(500);
    }
  });

  test("takes its media type as it may be written, and no other charset than it knows", async () => {
    const written = (type: string) => send(operation, { headers: { "content-type": type }, body: "a=b" });
    for (const more of [";", " ; charset=utf-8", ';charset="UTF-8"', "\t;\tcharset=Utf-8 ;; x=y"]) {
      const { status, text } = await written(operation.type.toUpperCase() + more);
      expect(status, `${more}: ${text}`).not.toBe(415);
    }
    if (isRead(operation))
      for (const charset of ["iso-8859-1", "utf-16", "unheard-of"])
        expect((await written(`${operation.type}; charset=${charset}`)).status, charset).toBe(415);
  });

  test("refuses an encoded body, and says what it takes", async () => {
    const headers = { "content-type": operation.type, "content-encoding": "gzip" };
    const refused = await send(operation, { headers, body: "{}" });
    expect(refused.status).toBe(415);
    expect(refused.headers.get("accept-encoding")).toBe("identity");
  });

  test("refuses a body that is not UTF-8", async () => {
    if (!isRead(operation)) return;
    const headers = { "content-type": operation.type };
    const { status, text } = await send(operation, { headers, body: LATIN_1 });
    expect(status, text).toBe(400);
    expect(text).toContain("UTF-8");
  });
});

describe.each(OPERATIONS)("$name", (operation) => {
  test("refuses a path and a query that are not UTF-8", async () => {
    for (const sent of [{ query: "?q=caf%E9" }, { query: "?%ED%A0%80=1" }, { part: "caf%E9" }]) {
      if (sent.part !== undefined && !operation.template.includes("{")) continue;
      const { status, text } = await send(operation, sent);
      expect(status, `${JSON.stringify(sent)} ${text}`).toBe(400);
      if (operation.policy.dialect === "oauth") expect(JSON.parse(text)).toMatchObject({ error: "invalid_request" });
    }
  });
});
