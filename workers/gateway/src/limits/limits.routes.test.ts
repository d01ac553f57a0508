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

test("who uses one up is shown by what it counts by, of local, exact and upstreams' limits", async () => {
  const configure = async (path: string, body: unknown): Promise<void> => {
    const headers = { ...administrator, "content-type": "application/json" };
    const response = await fountain.fetch(`/gateway/${path}`, { method: "PUT", headers, body: JSON.stringify(body) });
    expect([path, response.status]).toEqual([path, 201]);
  };
  const read = async (path: string): Promise<unknown> =>
    (await fountain.fetch(path, { headers: administrator })).json();
  const { id: subject } = Object(await read("/kms/me"));
  await configure("limits/local", {
    match: "GET /kms/me",
    per: ["subject", "all"],
    limit: 100,
    window: "1h",
    burst: 50,
  });
  await configure("limits/monthly", { match: "GET /kms/me", per: "subject", limit: 100, window: "month" });
  const upstream = { name: "shared", per: "all", limit: 10, window: "1h" } as const;
  const match = "GET /items/{id}";
  await configure("upstreams/notes", {
    targets: ["http://127.0.0.1:9"],
    limits: [upstream],
    routes: [{ match, anyone: true, limits: [{ ...upstream, name: "own" }] }],
  });
  expect(await read("/gateway/limits/local/usage")).toMatchObject({ callers: 0, top: [] });
  for (let calls = 0; calls < 3; calls += 1) await read("/kms/me");
  await fountain.fetch("/notes/items/7");

  const processes = { counted: 1, running: null };
  const resetAt = expect.stringMatching(/Z$/);
  expect(await read("/gateway/limits/local/usage")).toEqual({
    name: "local",
    per: ["subject", "all"],
    limit: 100,
    window: "1h",
    exact: false,
    callers: 1,
    top: [{ caller: { subject }, used: 3, allowed: 50, resetAt }],
    processes,
  });
  expect(await read("/gateway/limits/monthly/usage")).toMatchObject({
    exact: true,
    top: [{ caller: { subject }, used: 3, allowed: 100, resetAt }],
  });
  const shared = { per: ["all"], limit: 10, window: "1h", exact: false, callers: 1 };
  const top = [{ caller: {}, used: 1, allowed: 10, resetAt }];
  expect(await read("/gateway/upstreams/notes/usage")).toEqual({
    limits: [
      { name: "shared", ...shared, top },
      { name: "own", route: match, ...shared, top },
    ],
    processes,
  });
  expect(await read("/gateway/limits/default-login/usage")).toMatchObject({ per: ["address"], limit: 600 });
  for (const unknown of ["limits/unknown", "upstreams/unknown"])
    expect(await read(`/gateway/${unknown}/usage`)).toMatchObject({ code: "not-found" });
});
