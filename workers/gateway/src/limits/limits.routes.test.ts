/** The limits that are there from the start, through the gateway and on a real database. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logInAndStepUp } from "../../../../tests/support/session.ts";
import { DEFAULT_LIMITS } from "./defaults.ts";

let fountain: Fountain;
let administrator: Record<string, string>;
beforeAll(async () => {
  fountain = await startFountain();
  administrator = await logInAndStepUp(fountain);
});
afterAll(() => fountain?.stop());

const call = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
  const response = await fountain.fetch(`/gateway/limits${path}`, {
    method,
    headers: { ...administrator, "content-type": "application/json", ...headers },
    ...(json !== undefined && { body: JSON.stringify(json) }),
  });
  const body: Record<string, unknown> = response.status === 204 ? {} : Object(await response.json());
  return { status: response.status, etag: response.headers.get("etag"), body };
};

const namesOf = ({ body }: { body: Record<string, unknown> }, source: string): unknown[] =>
  (Array.isArray(body["items"]) ? body["items"] : []).flatMap((item) => (item.source === source ? [item.name] : []));

const LOGIN = "/default-login";
const OWN = { match: "POST /kms/login", per: "address", limit: 1_000_000, window: "1s" };

test("are listed and shown with the others, replaced by one of the same name, and back when that is deleted", async () => {
  const names = DEFAULT_LIMITS.map(({ name }) => name).sort();
  expect(namesOf(await call("GET", ""), "default")).toEqual(names);
  const standing = await call("GET", LOGIN);
  expect(standing).toMatchObject({ status: 200, etag: null, body: { name: "default-login", source: "default" } });
  expect(standing.body).not.toHaveProperty("createdAt");

  const replaced = await call("PUT", LOGIN, OWN, { "if-none-match": "*" });
  expect(replaced).toMatchObject({
    status: 201,
    etag: expect.stringMatching(/^"\d+"$/),
    body: { ...OWN, source: "api" },
  });
  expect(await call("PUT", LOGIN, OWN, { "if-none-match": "*" })).toMatchObject({ status: 412 });
  const listed = await call("GET", "");
  expect([namesOf(listed, "api"), namesOf(listed, "default").length]).toEqual([["default-login"], names.length - 1]);
  const login = () =>
    fountain.fetch("/kms/login", { method: "POST", headers: { "content-type": "application/json" }, body: "{}" });
  await expect
    .poll(async () => (await login()).headers.get("ratelimit-policy"), { timeout: 5_000 })
    .toBe('"default-login";q=1000000;w=1');

  expect(await call("DELETE", LOGIN)).toMatchObject({ status: 204 });
  expect(await call("GET", LOGIN)).toMatchObject({ body: { limit: 600, source: "default" } });
  expect(await call("DELETE", LOGIN)).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(await call("DELETE", "/unknown")).toMatchObject({ status: 404 });
});

test("what is not sound is refused by its field", async () => {
  for (const [wrong, pointer] of [
    [{ ...OWN, window: "2w" }, "#/window"],
    [{ ...OWN, limit: 0 }, "#/limit"],
    [{ ...OWN, per: [] }, "#/per"],
    [{ ...OWN, match: "login" }, "#/match"],
    [{ ...OWN, brust: 1 }, "#/brust"],
  ] as const)
    expect(await call("PUT", "/wrong", wrong)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  expect((await call("PUT", "/wrong", { ...OWN, window: "month", exact: false })).status).toBe(422);
});
