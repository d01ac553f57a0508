import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
  await send(fountain, "POST", "/users", { token, body: { username: "ann", password: PASSWORD } });
  await send(fountain, "POST", "/services", { token, body: { name: "films", scopes: ["search:read"] } });
});
afterAll(() => fountain?.stop());

interface Entry extends Record<string, unknown> {
  id: number;
  at: string;
  action: string;
  outcome: string;
  actor: string | null;
  target: string | null;
  reason: string | null;
}

const read = async (query = ""): Promise<{ items: Entry[]; next: string | null }> => {
  const response = await send(fountain, "GET", `/audit${query}`, { token });
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json();
};

const exportLines = async (query = ""): Promise<Entry[]> => {
  const headers = { authorization: `Bearer ${token}`, accept: "application/x-ndjson" };
  const response = await fountain.fetch(`/audit${query}`, { headers });
  expect(response.headers.get("content-type")).toBe("application/x-ndjson");
  const text = await response.text();
  expect(text.endsWith("\n")).toBe(true);
  return text
    .trimEnd()
    .split("\n")
    .map((line): Entry => JSON.parse(line));
};

test("lists what was done, by whom and to what, newest first", async () => {
  const { items } = await read();
  const created = items.find(({ action, actor }) => action === "user.create" && actor === "test-administrator");
  expect(created).toMatchObject({ outcome: "success", target: expect.any(String), count: 1 });
  expect(items.map(({ id }) => id)).toEqual(items.map(({ id }) => id).toSorted((a, b) => b - a));
});

test("has an entry of a login that succeeded and of one that failed", async () => {
  await logIn(fountain, "ann", PASSWORD);
  await send(fountain, "POST", "/login", { body: { username: "ann", password: "not the right one" } });
  const { items } = await read("?action=login");
  expect(items[0]).toMatchObject({ action: "login", outcome: "failure", reason: "wrong-password" });
  expect(items[1]).toMatchObject({ action: "login", outcome: "success" });
});

test("has an entry of a call that was refused, with the reason", async () => {
  const editor = await signToken(fountain, { subject: "an-editor", scopes: ["sequence:write"] });
  await send(fountain, "GET", "/users", { token: editor });
  const once = await signToken(fountain, { subject: "an-editor", acr: "aal1", amr: ["pwd"] });
  await send(fountain, "DELETE", "/services/films", { token: once });
  const { items } = await read("?actor=an-editor");
  expect(items).toMatchObject([
    { action: "access.refuse", outcome: "refused", target: "DELETE /services/{name}", reason: "step-up-required" },
    { action: "access.refuse", outcome: "refused", target: "GET /users", reason: "forbidden" },
  ]);
});

test("shows a page at a time, each entry once, and only what is asked for", async () => {
  const seen: number[] = [];
  let query = "?limit=2";
  for (;;) {
    const { items, next } = await read(query);
    seen.push(...items.map(({ id }) => id));
    if (next === null) break;
    query = `?limit=2&after=${next}`;
  }
  expect(seen).toEqual(Array.from({ length: seen.length }, (_, at) => seen.length - at));
  const { items } = await read("?limit=200");
  const middle = items[Math.floor(items.length / 2)]?.at ?? "";
  for (const { at } of (await read(`?from=${middle}`)).items) expect(at >= middle).toBe(true);
  for (const { at } of (await read(`?to=${middle}`)).items) expect(at < middle).toBe(true);
  expect((await read("?actor=unknown-actor")).items).toEqual([]);
});

test("refuses a filter or a cursor of no sense", async () => {
  for (const query of [
    "from=yesterday",
    "to=1",
    "after=x",
    "limit=0",
    `after=${Buffer.from("x").toString("base64url")}`,
  ])
    expect(await problemIn(await send(fountain, "GET", `/audit?${query}`, { token })), query).toMatchObject({
      status: 422,
    });
});

test("is read with the scope for it, and no other", async () => {
  const other = await signToken(fountain, { scopes: ["keys:read", "users:admin"] });
  for (const path of ["/audit", "/audit/verify", "/audit/checkpoints"])
    expect((await send(fountain, "GET", path, { token: other })).status, path).toBe(403);
});

test("exports every entry on a line of its own, oldest first, the last with a checkpoint", async () => {
  const lines = await exportLines();
  expect(lines.map(({ id }) => id)).toEqual(lines.map((_, at) => at + 1));
  expect(lines[0]).toMatchObject({ id: 1, follows: { link: "" } });
  expect(lines.at(-1)).toMatchObject({ action: "audit.export", checkpoint: { entries: lines.length } });
  const logins = await exportLines("?action=login");
  expect(new Set(logins.map(({ action }) => action))).toEqual(new Set(["login"]));
});

test("makes checkpoints that state how far it had come", async () => {
  const { items } = await (await send(fountain, "GET", "/audit/checkpoints", { token })).json<{ items: Entry[] }>();
  expect(items[0]).toMatchObject({ entries: expect.any(Number), jws: expect.stringMatching(/^ey/) });
  const logged = fountain.logs.filter((line) => line.includes('"event":"audit.checkpoint"'));
  expect(logged.length).toBe(items.length);
});

test("says that the whole chain is as it was written", async () => {
  const verdict = await (await send(fountain, "GET", "/audit/verify", { token })).json<{ entries: number }>();
  expect(verdict).toEqual({ valid: true, entries: (await read("?limit=200")).items.length });
});

test("the maintenance jobs, run three at once, link everything once and make one checkpoint", async () => {
  const count = async (sql: string): Promise<number> =>
    Number((await fountain.databases["kms"]?.execute(sql))?.rows[0]?.["n"]);
  const before = await count("SELECT COUNT(*) AS n FROM audit_checkpoints");
  await fountain.databases["kms"]?.execute("UPDATE audit_checkpoints SET at = at - 3600000");
  await logIn(fountain, "ann", PASSWORD);
  await Promise.all([1, 2, 3].map(() => fountain.runScheduled("kms")));
  expect(await count("SELECT COUNT(*) AS n FROM audit_entries WHERE link IS NULL")).toBe(0);
  expect(await count("SELECT COUNT(*) - COUNT(DISTINCT link) AS n FROM audit_entries")).toBe(0);
  expect(await count("SELECT COUNT(*) AS n FROM audit_checkpoints")).toBe(before + 1);
  expect(await (await send(fountain, "GET", "/audit/verify", { token })).json()).toMatchObject({ valid: true });
});

test("finds what a person did by their name, and by nothing that is nobody's", async () => {
  const [entry] = (await read("?action=login")).items;
  const byName = await read("?actor=ann&action=login&limit=200");
  expect(byName).toEqual(await read(`?actor=${entry?.actor}&action=login&limit=200`));
  expect(byName.items.length).toBeGreaterThan(0);
  expect(await read("?actor=ANN&action=login&limit=200")).toEqual(byName);
  expect((await read("?actor=nobody&action=login")).items).toEqual([]);
});

test.each([
  ["application/x-ndjson", "application/x-ndjson"],
  ["Application/X-NDJSON;q=0.9, application/json;q=0.1", "application/x-ndjson"],
  ["application/json, application/x-ndjson;q=0", "application/json"],
  ["*/*", "application/json"],
])("comes in the type that Accept prefers: %s", async (accept, type) => {
  const response = await fountain.fetch("/audit?limit=1", { headers: { authorization: `Bearer ${token}`, accept } });
  await response.arrayBuffer();
  expect(response.headers.get("content-type")).toBe(type);
  expect(response.headers.get("vary")).toMatch(/\bAccept\b/);
});
