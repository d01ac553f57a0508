import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const create = (body: unknown, as = token): Promise<Response> => send(fountain, "POST", "/users", { token: as, body });

test("creates a user and reads them back, without anything of their password", async () => {
  const response = await create({ username: "ann", email: "ann@example.com", password: PASSWORD, roles: ["editor"] });
  expect(response.status).toBe(201);
  const user = await response.json<Record<string, unknown>>();
  expect(user).toMatchObject({ username: "ann", email: "ann@example.com", roles: ["editor"] });
  expect(Object.keys(user).toSorted()).toEqual([
    "createdAt",
    "email",
    "emailVerified",
    "id",
    "lockedAt",
    "roles",
    "username",
  ]);
  const read = await send(fountain, "GET", `/users/${user["id"]}`, { token });
  expect(await read.json()).toEqual({ ...user, consents: [] });
});

test("gives a user the role user by default", async () => {
  expect(await (await create({ username: "plain", password: PASSWORD })).json()).toMatchObject({
    roles: ["user"],
    email: null,
  });
});

test("returns 409 to a username that is taken, in any case", async () => {
  await create({ username: "taken", password: PASSWORD });
  expect(await problemIn(await create({ username: "TAKEN", password: PASSWORD }))).toMatchObject({
    status: 409,
    code: "conflict",
  });
});

test("creates one user when 64 are created under one name at once", async () => {
  const responses = await Promise.all(
    Array.from({ length: 64 }, () => create({ username: "race", password: PASSWORD })),
  );
  const statuses = responses.map((response) => response.status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  // A busy machine refuses requests that it cannot serve in time.
  const others = statuses.filter((status) => status !== 201);
  expect(others).toContain(409);
  expect(others.filter((status) => status !== 409 && status !== 503)).toEqual([]);
  const found = await fountain.databases["kms"]?.execute("SELECT COUNT(*) AS n FROM users WHERE username = 'race'");
  expect(Number(found?.rows[0]?.["n"])).toBe(1);
});

test("points at every field that is not accepted", async () => {
  const bad: [unknown, string[]][] = [
    [{ username: "short", password: "eleven char" }, ["#/password"]],
    [{ username: "same-as-the-name", password: "Same-As-The-Name" }, ["#/password"]],
    [{ username: "long", password: "x".repeat(1025) }, ["#/password"]],
    [{ username: "no good", password: "short" }, ["#/username", "#/password"]],
    [{ username: "mail", password: PASSWORD, email: "nowhere" }, ["#/email"]],
    [{ username: "role", password: PASSWORD, roles: ["emperor"] }, ["#/roles/0"]],
    [{ username: "none", password: PASSWORD, roles: [] }, ["#/roles"]],
    [{ password: PASSWORD }, ["#/username"]],
    [{ username: null, password: PASSWORD }, ["#/username"]],
  ];
  for (const [body, pointers] of bad)
    expect(await problemIn(await create(body)), JSON.stringify(body)).toMatchObject({ status: 422, pointers });
  expect(await problemIn(await create({ username: "extra", password: PASSWORD, admin: true }))).toMatchObject({
    status: 422,
  });
});

test("lists users by name, page by page, each once", async () => {
  const names: string[] = [];
  let path = "/users?limit=2";
  for (;;) {
    const page = await (await send(fountain, "GET", path, { token })).json<{
      items: { username: string }[];
      next: string | null;
    }>();
    expect(page.items.length).toBeLessThanOrEqual(2);
    names.push(...page.items.map((user) => user.username));
    if (page.next === null) break;
    path = `/users?limit=2&after=${page.next}`;
  }
  expect(names).toEqual([...names].toSorted());
  expect(names).toContain(fountain.adminUsername);
  expect(new Set(names).size).toBe(names.length);
});

test("refuses a page size or a cursor of no sense", async () => {
  for (const query of ["limit=0", "limit=201", "limit=x", "after=%21%21"])
    expect((await send(fountain, "GET", `/users?${query}`, { token })).status, query).toBe(422);
});

test("returns 404 for a user that is not there", async () => {
  expect(await problemIn(await send(fountain, "GET", "/users/unknown", { token }))).toMatchObject({ status: 404 });
});

test("refuses to grant roles that can do more than the caller", async () => {
  const service = await signToken(fountain, {
    subject: "service:provisioning",
    clientId: "provisioning",
    roles: [],
    scopes: ["users:admin", "search:read", "sequence:read"],
    acr: "aal1",
  });
  expect(
    await problemIn(await create({ username: "boss", password: PASSWORD, roles: ["admin"] }, service)),
  ).toMatchObject({ status: 403, code: "forbidden" });
  expect((await create({ username: "worker", password: PASSWORD, roles: ["user"] }, service)).status).toBe(201);
});

test("refuses callers who do not administer users", async () => {
  const editor = await signToken(fountain, { roles: ["editor"], scopes: ["sequence:write"] });
  expect((await create({ username: "x", password: PASSWORD }, editor)).status).toBe(403);
  expect((await send(fountain, "GET", "/users", { token: editor })).status).toBe(403);
  expect((await send(fountain, "GET", "/users")).status).toBe(401);
});
