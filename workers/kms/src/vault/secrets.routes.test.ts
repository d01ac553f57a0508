import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const secretSchema = z.strictObject({
  path: z.string(),
  version: z.int(),
  value: z.string(),
  createdAt: z.iso.datetime(),
});

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const put = (path: string, body: unknown): Promise<Response> =>
  send(fountain, "PUT", `/secrets/${path}`, { token, body });
const get = (path: string): Promise<Response> => send(fountain, "GET", `/secrets/${path}`, { token });
const read = async (path: string) => secretSchema.parse(await (await get(path)).json());

test("gives back what was stored, version by version", async () => {
  for (const [index, value] of ["one", "", "Grüße, 東京 🎬 \u0000"].entries()) {
    const stored = await put("database/password", { value });
    expect(stored.status).toBe(201);
    expect(await stored.json()).toEqual({ path: "database/password", version: index + 1 });
  }
  expect(await read("database/password")).toMatchObject({ version: 3, value: "Grüße, 東京 🎬 \u0000" });
  expect(await read("database/password?version=1")).toMatchObject({ version: 1, value: "one" });
  expect((await get("database/password?version=4")).status).toBe(404);
  expect((await get("database")).status).toBe(404);
  expect((await get("database/password")).headers.get("cache-control")).toBe("no-store");
});

test("replaces only the version that cas names, and nothing where it says so", async () => {
  expect((await put("cas", { value: "a", cas: 1 })).status).toBe(409);
  expect((await put("cas", { value: "a", cas: 0 })).status).toBe(201);
  expect((await put("cas", { value: "b", cas: 0 })).status).toBe(409);
  expect((await put("cas", { value: "b", cas: 1 })).status).toBe(201);
  expect((await put("cas", { value: "c", cas: 1 })).status).toBe(409);
  expect(await read("cas")).toMatchObject({ version: 2, value: "b" });
});

test("lets one of many writers through who all name the same version, and all who name none", async () => {
  const racing = await Promise.all(Array.from({ length: 12 }, (_, n) => put("race", { value: `${n}`, cas: 0 })));
  expect(racing.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(1);
  expect(racing.filter(({ status }) => status === 409)).toHaveLength(11);

  const queueing = await Promise.all(Array.from({ length: 8 }, (_, n) => put("queue", { value: `${n}` })));
  const versions = await Promise.all(queueing.map(async (response) => Object(await response.json()).version));
  expect(versions.toSorted()).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
});

test("keeps the last ten versions", async () => {
  for (let n = 1; n <= 12; n += 1) await put("many", { value: `${n}` });
  expect((await get("many?version=2")).status).toBe(404);
  expect(await read("many?version=3")).toMatchObject({ value: "3" });
  expect(await read("many")).toMatchObject({ version: 12 });
});

test("lists the versions that are kept, and no value", async () => {
  for (const value of ["harbour", "lantern", "cinema"]) await put("history", { value });
  await send(fountain, "DELETE", "/secrets/history", { token });
  await send(fountain, "POST", "/secrets/history/destroy", { token, body: { versions: [1] } });
  const versions = await send(fountain, "GET", "/secret-versions/history", { token });
  const text = await versions.text();
  const listed: { version: number; state: string }[] = JSON.parse(text).versions;
  expect(listed.map(({ version, state }) => [version, state])).toEqual([
    [3, "deleted"],
    [2, "readable"],
    [1, "destroyed"],
  ]);
  expect(text).not.toMatch(/harbour|lantern|cinema/);
  expect((await send(fountain, "GET", "/secret-versions/none", { token })).status).toBe(404);
});

test("refuses paths that have more than one spelling, and says why", async () => {
  for (const path of ["a b", "a%20b", "é", "...", "a/.../b", "x".repeat(256), "a%25", "a*"]) {
    const refused = await put(path, { value: "x" });
    expect(refused.status, path).toBe(422);
    expect((await problemIn(refused)).pointers, path).toEqual(["#/param/path"]);
  }
  for (const path of ["a//b", "a/", "", "/a", "a%2Fb", "a/%2e%2e%2fb"])
    expect((await put(path, { value: "x" })).status, path).toBe(404);
});

test("refuses a value that is no text, or too long", async () => {
  for (const value of [1, null, {}, ["a"], "x".repeat(65_537), "\ud800"])
    expect((await problemIn(await put("values", { value }))).pointers).toEqual(["#/value"]);
  expect((await put("values", { value: "x".repeat(65_536) })).status).toBe(201);
  for (const cas of [-1, 1.5, "1"])
    expect((await problemIn(await put("values", { value: "x", cas }))).pointers).toEqual(["#/cas"]);
});

test("deletes the latest version only, brings it back, and destroys for good", async () => {
  for (const value of ["one", "two", "three"]) await put("life", { value });
  const post = (verb: string, versions: unknown, by = token) =>
    send(fountain, "POST", `/secrets/life/${verb}`, { token: by, body: { versions } });

  expect((await send(fountain, "DELETE", "/secrets/life", { token })).status).toBe(204);
  expect((await problemIn(await get("life"))).detail).toContain("deleted");
  expect((await send(fountain, "DELETE", "/secrets/life", { token })).status).toBe(404);
  expect(await read("life?version=2")).toMatchObject({ value: "two" });
  expect((await put("life", { value: "x", cas: 0 })).status).toBe(409);
  expect((await post("undelete", [1, 2, 9])).status).toBe(404);
  expect(await (await post("undelete", [3])).json()).toEqual({ path: "life", versions: [3] });
  expect(await read("life")).toMatchObject({ version: 3, value: "three" });

  expect(await (await post("destroy", [3, 1])).json()).toEqual({ path: "life", versions: [1, 3] });
  expect((await problemIn(await get("life"))).detail).toContain("destroyed");
  expect((await post("undelete", [3])).status).toBe(404);
  expect((await post("destroy", [3])).status).toBe(404);
  expect(await read("life?version=2")).toMatchObject({ value: "two" });
  expect(await (await put("life", { value: "four" })).json()).toEqual({ path: "life", version: 4 });
  const rows = await fountain.databases["kms"]?.execute("SELECT wrapped_key FROM secret_versions WHERE path = 'life'");
  expect(rows?.rows.filter((row) => row["wrapped_key"] === null)).toHaveLength(2);

  for (const versions of [[], [0], [1.5], ["1"], Array.from({ length: 101 }, (_, n) => n + 1)])
    expect((await post("destroy", versions)).status).toBe(422);
  const oneFactor = await signToken(fountain, { acr: "aal1", amr: ["pwd"] });
  expect((await post("destroy", [2], oneFactor)).status).toBe(401);
});

/** Callers who are not a person that has just passed a second factor, with all scopes. */
const WEAK: Record<string, [Parameters<typeof signToken>[1], number]> = {
  "a user who has not passed it": [{ acr: "aal1", amr: ["pwd"] }, 401],
  "a user who passed it long ago": [{ authenticatedAt: new Date(Date.now() - 301_000) }, 401],
  "a service that acts for a user": [
    { acr: "aal1", amr: ["pwd"], clientId: "films", actor: { subject: "service:films", sessionId: "a-key" } },
    403,
  ],
};

test.each(Object.entries(WEAK))("%s changes no secret", async (name, [grant, status]) => {
  const path = `kept-from/${name.replaceAll(" ", "-")}`;
  for (const value of ["one", "two"]) await put(path, { value });
  const weak = await signToken(fountain, grant);
  const as = (method: string, at: string, body?: unknown) => send(fountain, method, at, { token: weak, body });
  for (let attempt = 0; attempt < 10; attempt += 1)
    expect((await as("PUT", `/secrets/${path}`, { value: "changed" })).status).toBe(status);
  expect((await as("PUT", `/secrets/${path}-new`, { value: "new" })).status).toBe(status);
  expect((await as("DELETE", `/secrets/${path}`)).status).toBe(status);
  expect(await read(`${path}?version=1`)).toMatchObject({ value: "one" });
  expect(await read(path)).toMatchObject({ version: 2, value: "two" });
  await send(fountain, "DELETE", `/secrets/${path}`, { token });
  expect((await as("POST", `/secrets/${path}/undelete`, { versions: [2] })).status).toBe(status);
  expect((await get(path)).status).toBe(404);
});

const SERVICE = { subject: "service:films", clientId: "films", roles: [], acr: "aal1", amr: [] } as const;

test("a service changes secrets within its scopes, and for good by overwriting alone", async () => {
  const films = await signToken(fountain, SERVICE);
  const as = (method: string, at: string, body?: unknown) => send(fountain, method, at, { token: films, body });
  expect((await as("PUT", "/secrets/films/own", { value: "one" })).status).toBe(201);
  expect((await as("DELETE", "/secrets/films/own")).status).toBe(204);
  expect((await as("POST", "/secrets/films/own/undelete", { versions: [1] })).status).toBe(200);
  expect((await as("POST", "/secrets/films/own/destroy", { versions: [1] })).status).toBe(401);
  for (let n = 2; n <= 11; n += 1) await as("PUT", "/secrets/films/own", { value: `${n}` });
  expect((await get("films/own?version=1")).status).toBe(404);
});

test("what a worker keeps for itself is shown to and changed by a person who has just passed a second factor only", async () => {
  expect((await put("typesense/test-key", { value: "kept" })).status).toBe(201);
  const narrowed = await signToken(fountain, { narrowed: true });
  for (const weak of [await signToken(fountain, SERVICE), narrowed]) {
    const as = (method: string, path: string, body?: unknown) => send(fountain, method, path, { token: weak, body });
    expect((await as("GET", "/secrets/typesense/test-key")).status).toBe(403);
    expect((await as("PUT", "/secrets/typesense/test-key", { value: "mine" })).status).toBe(403);
    expect((await as("PUT", "/secrets/typesense/new", { value: "mine", cas: 0 })).status).toBe(403);
    expect((await as("DELETE", "/secrets/typesense/test-key")).status).toBe(403);
    expect((await as("POST", "/secrets/typesense/test-key/undelete", { versions: [1] })).status).toBe(403);
    expect((await as("POST", "/secrets/typesense/test-key/destroy", { versions: [1] })).status).toBeOneOf([401, 403]);
    expect((await as("PUT", "/secrets/typesense-of-mine", { value: "mine" })).status).toBe(201);
  }
  expect(await read("typesense/test-key")).toMatchObject({ version: 1, value: "kept" });
});

test("distinguishes a verb from a path that ends like one", async () => {
  await put("verbs/undelete", { value: "x" });
  expect((await send(fountain, "DELETE", "/secrets/verbs/undelete", { token })).status).toBe(204);
  const undeleted = await send(fountain, "POST", "/secrets/verbs/undelete/undelete", {
    token,
    body: { versions: [1] },
  });
  expect(await undeleted.json()).toEqual({ path: "verbs/undelete", versions: [1] });
  await put("wrap", { value: "y" });
  expect(await read("wrap")).toMatchObject({ value: "y" });
  expect((await send(fountain, "POST", "/secrets/verbs", { token, body: {} })).status).toBe(405);
});

test("lists the paths that can be read, page by page, and no value", async () => {
  for (const path of ["list/b", "list/a", "list/c/d", "list-x", "lisa"]) await put(path, { value: "hidden value" });
  await put("list/b", { value: "hidden value" });
  await put("list/deleted", { value: "hidden value" });
  await send(fountain, "DELETE", "/secrets/list/deleted", { token });
  const list = async (query: string) => (await send(fountain, "GET", `/secrets?${query}`, { token })).json();
  expect(await list("prefix=list/")).toEqual({
    items: [{ path: "list/a" }, { path: "list/b" }, { path: "list/c/d" }],
    next: null,
  });
  const first = Object(await list("prefix=list&limit=2"));
  expect(first.items).toEqual([{ path: "list-x" }, { path: "list/a" }]);
  expect(await list(`prefix=list&limit=2&after=${first.next}`)).toEqual({
    items: [{ path: "list/b" }, { path: "list/c/d" }],
    next: null,
  });
  expect(JSON.stringify(await list(""))).not.toContain("hidden value");
});

test("keeps a caller with a narrowed scope to its paths", async () => {
  for (const path of ["narrow/a", "narrow/b/c", "narrower/a", "narrow"]) await put(path, { value: path });
  const reader = await signToken(fountain, { scopes: ["secrets:read:narrow/*", "secrets:write:narrow/a"] });
  const as = (method: string, path: string, body?: unknown) => send(fountain, method, path, { token: reader, body });

  expect((await as("GET", "/secrets/narrow/a")).status).toBe(200);
  expect((await as("GET", "/secrets/narrow/b/c?version=1")).status).toBe(200);
  for (const path of ["narrower/a", "narrow", "other", "narrow/..%2fother", "narrow/%2e%2e/other", "narrow%2Fa"])
    expect([403, 404], path).toContain((await as("GET", `/secrets/${path}`)).status);
  expect((await as("GET", "/secrets/narrower/a")).headers.get("www-authenticate")).toContain('scope="secrets:read"');
  expect((await as("PUT", "/secrets/narrow/a", { value: "x" })).status).toBe(201);
  expect((await as("PUT", "/secrets/narrow/b/c", { value: "x" })).status).toBe(403);
  expect((await as("DELETE", "/secrets/narrow/b/c")).status).toBe(403);
  expect((await as("POST", "/secrets/narrow/b/c/destroy", { versions: [1] })).status).toBe(403);
  expect((await as("POST", "/secrets/narrow/a/destroy", { versions: [1] })).status).toBe(200);

  expect(await (await as("GET", "/secrets?prefix=narrow/")).json()).toMatchObject({
    items: [{ path: "narrow/a" }, { path: "narrow/b/c" }],
  });
  for (const query of ["", "?prefix=", "?prefix=narrow", "?prefix=n", "?prefix=narrower/"])
    expect((await as("GET", `/secrets${query}`)).status, query).toBe(403);
  expect((await as("GET", "/secrets?prefix=narrow/&prefix=")).status).toBe(422);
  expect((await as("POST", "/secrets/wrap", { value: "x" })).status).toBe(403);
});

test("lets services and their keys hold narrowed scopes, never more than who makes them", async () => {
  const scopes = ["secrets:read:narrow/*"];
  const make = (by: string, name: string, wanted: string[]) =>
    send(fountain, "POST", "/services", { token: by, body: { name, scopes: wanted } });
  expect((await make(token, "narrowed", scopes)).status).toBe(201);
  expect((await make(token, "bad", ["secrets:read:*"])).status).toBe(422);
  const holder = await signToken(fountain, { scopes: ["keys:write", "secrets:read:narrow/*"] });
  expect((await make(holder, "within", ["secrets:read:narrow/b/*"])).status).toBe(201);
  for (const [n, beyond] of ["secrets:read", "secrets:read:narrow", "secrets:write:narrow/a"].entries())
    expect((await make(holder, `beyond-${n}`, [beyond])).status, beyond).toBe(403);

  const create = (wanted: string[]) =>
    send(fountain, "POST", "/keys", { token, body: { service: "narrowed", scopes: wanted } });
  expect((await create(["secrets:read"])).status).toBe(422);
  const key = Object(await (await create(["secrets:read:narrow/b/*"])).json());
  const grant = { grant_type: "client_credentials", client_id: "narrowed", client_secret: key.key };
  const issued = Object(await (await sendForm(fountain, grant)).json());
  expect(issued.scope).toBe("secrets:read:narrow/b/*");
  expect((await send(fountain, "GET", "/secrets/narrow/b/c", { token: issued.access_token })).status).toBe(200);
  expect((await send(fountain, "GET", "/secrets/narrow/a", { token: issued.access_token })).status).toBe(403);
  const fewer = await sendForm(fountain, { ...grant, scope: "secrets:read:narrow/b/c" });
  expect(Object(await fewer.json()).scope).toBe("secrets:read:narrow/b/c");
  expect((await sendForm(fountain, { ...grant, scope: "secrets:read:narrow/a" })).status).toBe(400);
});

test("records every write and read in the audit trail, and no value", async () => {
  await put("audited", { value: "a value that no one may read" });
  await put("audited", { value: "another", cas: 7 });
  await get("audited");
  await get("audited?version=9");
  const found = await fountain.databases["kms"]?.execute(
    "SELECT action, outcome, reason, actor FROM audit_entries WHERE target = 'audited' ORDER BY id",
  );
  expect(found?.rows.map((row) => ({ ...row }))).toMatchObject([
    { action: "secret.write", outcome: "success", actor: "test-administrator" },
    { action: "secret.write", outcome: "failure", reason: "conflict" },
    { action: "secret.read", outcome: "success" },
    { action: "secret.read", outcome: "failure", reason: "unknown" },
  ]);
});
