/** What the lists of the kms can be filtered by. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
const DAY_MS = 86_400_000;

let fountain: Fountain;
let token: string;

const post = async (path: string, body: unknown, status = 201): Promise<Record<string, unknown>> => {
  const response = await send(fountain, "POST", path, { token, body });
  expect([path, response.status]).toEqual([path, status]);
  return response.json();
};

const pageSchema = z.object({ items: z.array(z.record(z.string(), z.unknown())), next: z.string().nullable() });

/** A member of each item, read page by page. */
const listed = async (member: string, path: string, query: Record<string, string>): Promise<unknown[]> => {
  const found: unknown[] = [];
  let after: string | null | undefined;
  do {
    const parameters = new URLSearchParams({ limit: "1", ...query, ...(after && { after }) });
    const response = await send(fountain, "GET", `${path}?${parameters}`, { token });
    const { items, next } = pageSchema.parse(await response.json());
    found.push(...items.map((item) => item[member]));
    after = next;
  } while (after);
  return found;
};

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

test("users: by role, by whether they are locked, and both with a part of the name", async () => {
  for (const [username, roles] of [
    ["ann", ["editor"]],
    ["anton", ["editor", "auditor"]],
    ["bob", ["user"]],
  ] as const) {
    const { id } = await post("/users", { username, email: `${username}@example.org`, password: PASSWORD, roles });
    if (username !== "ann") await post(`/users/${id}/lock`, undefined, 200);
  }
  const users = (query: Record<string, string>) => listed("username", "/users", query);
  expect(await users({ role: "editor" })).toEqual(["ann", "anton"]);
  expect(await users({ role: "edit" })).toEqual([]);
  expect(await users({ locked: "true" })).toEqual(["anton", "bob"]);
  expect(await users({ locked: "false" })).toEqual(["admin", "ann"]);
  expect(await users({ role: "editor", locked: "true", search: "AN" })).toEqual(["anton"]);
  expect(await users({ search: "bob@example.org" })).toEqual(["bob"]);
  expect(await users({ search: "bob@example.org", locked: "false" })).toEqual([]);
  expect((await send(fountain, "GET", "/users?locked=yes", { token })).status).toBe(422);
});

test("services and clients: by a part of the name, whatever its case", async () => {
  for (const name of ["film-archive", "film-player", "notes"]) {
    await post("/services", { name, scopes: ["search:read"] });
    await post("/clients", { name: `The ${name}`, redirectUris: ["https://notes.example.org/callback"], public: true });
  }
  expect(await listed("name", "/services", { search: "FILM" })).toEqual(["film-archive", "film-player"]);
  expect(await listed("name", "/services", { search: "%" })).toEqual([]);
  const clients = await listed("name", "/clients", { search: "the FILM" });
  expect(clients.toSorted()).toEqual(["The film-archive", "The film-player"]);
});

test("keys: by state, by why they are disabled, and by when they expire, the first to expire first", async () => {
  await post("/services", { name: "keyed", scopes: ["search:read"] });
  const inDays = (days: number): string => new Date(Date.now() + days * DAY_MS).toISOString();
  const create = (name: string, expiresAt?: string) => post("/keys", { service: "keyed", name, expiresAt });
  await create("for ever");
  await create("in twenty", inDays(20));
  await create("in ten", inDays(10));
  const { id: disabled } = await create("disabled", inDays(15));
  await post(`/keys/keyed/${disabled}/disable`, undefined, 200);
  const { id: revoked } = await create("revoked", inDays(5));
  expect((await send(fountain, "DELETE", `/keys/keyed/${revoked}`, { token })).status).toBe(204);
  const { key: leaked } = await create("leaked");
  await post("/keys/leaked", { key: leaked }, 202);

  const keys = (query: Record<string, string>) => listed("name", "/keys", { service: "keyed", ...query });
  expect(await keys({})).toEqual(["for ever", "in twenty", "in ten", "disabled", "revoked", "leaked"]);
  expect(await keys({ state: "active" })).toEqual(["for ever", "in twenty", "in ten"]);
  expect(await keys({ state: "revoked" })).toEqual(["revoked"]);
  expect(await keys({ state: "disabled" })).toEqual(["disabled", "leaked"]);
  expect(await keys({ state: "grace" })).toEqual([]);
  expect(await keys({ state: "expired" })).toEqual([]);
  expect(await keys({ disabledReason: "leaked" })).toEqual(["leaked"]);
  expect(await keys({ expiresBefore: inDays(30) })).toEqual(["revoked", "in ten", "disabled", "in twenty"]);
  expect(await keys({ expiresBefore: inDays(18), state: "active" })).toEqual(["in ten"]);
  expect(await listed("name", "/keys", { expiresBefore: inDays(8) })).toEqual(["revoked"]);
});

test("the audit trail: by what an entry is about, by how it ended, and by its request", async () => {
  const requestId = crypto.randomUUID();
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "x-request-id": requestId };
  const body = JSON.stringify({ name: "audited", scopes: ["search:read"] });
  expect((await fountain.fetch("/services", { method: "POST", headers, body })).status).toBe(201);
  expect(await listed("action", "/audit", { target: "service:audited" })).toEqual(["service.create"]);
  expect(await listed("action", "/audit", { requestId })).toEqual(["service.create"]);
  expect(await listed("action", "/audit", { requestId, outcome: "refused" })).toEqual([]);
  expect(await listed("target", "/audit", { action: "service.create", target: "service:audited" })).toHaveLength(1);
});
