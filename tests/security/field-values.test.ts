/** What stands around the value of a header, and what a client waits for: sent byte by byte, as no HTTP library would. */
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logInAndStepUp } from "../support/session.ts";

const SERVICE = "blanks";
const PATIENCE_MS = 30_000;

let fountain: Fountain;
let key: string;
let administrator: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain();
  administrator = await logInAndStepUp(fountain);
  const post = (path: string, body: object) => {
    const headers = { ...administrator, "content-type": "application/json" };
    return fountain.fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  };
  await post("/kms/services", { name: SERVICE, scopes: ["secrets:read", "search:read"] });
  key = Object(await (await post("/kms/keys", { service: SERVICE })).json()).key;
});
afterAll(() => fountain?.stop());

/** The status of the response to these lines, and to a body that is never sent where there is none. */
const send = (line: string, headers: Record<string, string>, body = ""): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(fountain.url).port), "127.0.0.1");
    const lines = Object.entries({ host: "localhost", connection: "close", ...headers });
    socket.write(`${line} HTTP/1.1\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`);
    socket.on("error", reject).setTimeout(PATIENCE_MS, () => socket.destroy(new Error(`${line}: no response`)));
    socket.once("data", (data) => {
      socket.destroy();
      resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString("latin1"))?.[1]));
    });
  });

describe.each([" ", "\t", " \t \t"])("%j after a value is no part of it (RFC 9110 §5.5)", (blanks) => {
  const SEARCH = "GET /search/collections/elements/documents/search?q=*&query_by=text";
  const FORM = "grant_type=client_credentials";
  const basic = (): string => `Basic ${Buffer.from(`${SERVICE}:${key}`).toString("base64")}`;

  test.each<[string, string, () => Record<string, string>, string?]>([
    ["a token", "GET /kms/me", () => administrator],
    ["an API key", "GET /kms/secrets", () => ({ "x-api-key": key })],
    ["a key of Typesense's clients", SEARCH, () => ({ "x-typesense-api-key": key })],
    ["a key as their token", SEARCH, () => ({ authorization: `Bearer ${key}` })],
    ["Basic credentials", "POST /kms/token", () => ({ authorization: basic() }), FORM],
  ])("%s", async (_, line, headers, body) => {
    const sent = Object.entries(headers()).map(([name, value]) => [name, value + blanks]);
    const form = { "content-type": "application/x-www-form-urlencoded", "content-length": String(body?.length) };
    const status = await send(line, { ...Object.fromEntries(sent), ...(body && form) }, body);
    expect(status).toBe(200);
  });
});

describe("a client that waits for 100 Continue", () => {
  const waiting = { expect: "100-continue", "content-type": "application/json", "content-length": "20" };

  test.each<[string, string, () => Record<string, string>, number]>([
    ["without a credential", "POST /kms/logout", () => ({}), 401],
    ["at no path", "POST /nowhere", () => ({}), 404],
    [
      "with a type that is not accepted",
      "POST /kms/keys",
      () => ({ ...administrator, "content-type": "text/plain" }),
      415,
    ],
    ["with a coding", "POST /kms/keys", () => ({ ...administrator, "content-encoding": "gzip" }), 415],
    ["with too much", "POST /kms/keys", () => ({ ...administrator, "content-length": "2000000" }), 413],
  ])("is refused before it sends a body: %s", async (_, line, headers, expected) => {
    expect(await send(line, { ...waiting, ...headers() })).toBe(expected);
  });
});
