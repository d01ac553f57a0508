import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const create = (body: unknown, as = token): Promise<Response> =>
  send(fountain, "POST", "/services", { token: as, body });

test("registers a service and reads it back", async () => {
  const response = await create({ name: "films", scopes: ["search:read", "search:read"], rotateAfterDays: 30 });
  expect(response.status).toBe(201);
  const service = await response.json();
  expect(service).toMatchObject({ name: "films", scopes: ["search:read"], rotateAfterDays: 30 });
  expect(await (await send(fountain, "GET", "/services/films", { token })).json()).toEqual(service);
});

test("says that keys are not rotated by schedule while there is no webhook, and records those that are due", async () => {
  const blocked = { name: "blocked", scopes: ["search:read"], rotateAfterDays: 30 };
  expect(await (await create(blocked)).json()).toMatchObject({ rotationBlocked: "no-webhook" });
  await send(fountain, "POST", "/keys", { token, body: { service: "blocked" } });
  await fountain.databases["kms"]?.execute("UPDATE api_keys SET created_at = 0 WHERE service = 'blocked'");
  await fountain.runScheduled("kms");
  const { items } = await (await send(fountain, "GET", "/audit?action=key.rotate", { token })).json<{
    items: Record<string, unknown>[];
  }>();
  expect(items).toMatchObject([{ outcome: "failure", reason: "no-webhook", target: "service:blocked" }]);
  expect(fountain.logs.some((line) => line.includes('"reason":"no-webhook"'))).toBe(true);
  const webhook = { url: "https://films.example.com/fountain" };
  expect((await send(fountain, "PUT", "/services/blocked/webhook", { token, body: webhook })).status).toBe(200);
  const shown = await (await send(fountain, "GET", "/services/blocked", { token })).json();
  expect(shown).toMatchObject({ rotationBlocked: null });
});

test("returns 409 to a name that is taken", async () => {
  await create({ name: "taken", scopes: ["search:read"] });
  expect((await create({ name: "taken", scopes: ["search:read"] })).status).toBe(409);
});

test("refuses a name that looks like that of another service, and says which", async () => {
  expect((await create({ name: "writer-modern-0", scopes: ["search:read"] })).status).toBe(201);
  for (const name of ["wrlter-modern-0", "wr1ter-modern-0", "writer-rnodern-0", "writer-modern-o", "vvriter-modern-0"])
    expect(await problemIn(await create({ name, scopes: ["search:read"] }))).toMatchObject({
      status: 409,
      detail: "This name looks like writer-modern-0, which exists. Choose another one.",
    });
  expect((await create({ name: "waiter-modern-0", scopes: ["search:read"] })).status).toBe(201);
});

test("registers one service when 20 are registered under one name at once", async () => {
  const responses = await Promise.all(
    Array.from({ length: 20 }, () => create({ name: "race", scopes: ["search:read"] })),
  );
  const statuses = responses.map((response) => response.status);
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(statuses.filter((status) => status === 409)).toHaveLength(19);
});

test("refuses names that could be mistaken, the reserved one above all", async () => {
  for (const name of [
    "fountain",
    "Films",
    "films_2",
    "-films",
    "films-",
    "a--b",
    "2films",
    "",
    "x".repeat(65),
    "fil/ms",
  ])
    expect(await problemIn(await create({ name, scopes: ["search:read"] })), name).toMatchObject({
      status: 422,
      pointers: expect.arrayContaining(["#/name"]),
    });
});

test("refuses scopes that do not exist, and a service without any", async () => {
  expect(await problemIn(await create({ name: "bad", scopes: ["everything"] }))).toMatchObject({
    status: 422,
    pointers: ["#/scopes/0"],
  });
  expect((await create({ name: "bad", scopes: [] })).status).toBe(422);
  expect((await create({ name: "bad" })).status).toBe(422);
  expect((await create({ name: "bad", scopes: ["search:read"], rotateAfterDays: 0 })).status).toBe(422);
  expect((await create({ name: "bad", scope: ["search:read"], scopes: ["search:read"] })).status).toBe(422);
});

test("refuses to give a service scopes that the caller lacks", async () => {
  const keeper = await signToken(fountain, { roles: [], scopes: ["keys:write", "search:read"] });
  expect((await create({ name: "greedy", scopes: ["search:read", "users:admin"] }, keeper)).status).toBe(403);
  expect((await create({ name: "modest", scopes: ["search:read"] }, keeper)).status).toBe(201);
});

test("is registered by a person who has passed a second factor, or has none and has just logged in", async () => {
  const body = { name: "new", scopes: ["search:read"] };
  const oneFactor = { acr: "aal1", amr: ["pwd"] } as const;
  const longAgo = new Date(Date.now() - 301_000);
  const factorless = { ...oneFactor, factorless: true, purpose: { method: "POST", path: "/kms/services" } } as const;
  const deployer = { subject: "service:deployer", clientId: "deployer", roles: [], acr: "aal1" } as const;
  for (const [grant, status] of [
    [deployer, 403],
    [{ ...oneFactor, clientId: "films", actor: { subject: "service:films", sessionId: "a-key" } }, 403],
    [oneFactor, 401],
    [{ authenticatedAt: longAgo }, 401],
    [{ ...factorless, authenticatedAt: longAgo }, 401],
  ] as const)
    expect((await create(body, await signToken(fountain, grant))).status, JSON.stringify(grant)).toBe(status);
  const made = await create(body, await signToken(fountain, factorless));
  expect(made.status).toBe(201);
  expect(await made.json()).toMatchObject({ name: "new", warnings: [{ code: "factor-recommended" }] });
});

test("deletes a service only after a second factor", async () => {
  await create({ name: "doomed", scopes: ["search:read"] });
  const oneFactor = await signToken(fountain, { acr: "aal1", amr: ["pwd"] });
  const refused = await send(fountain, "DELETE", "/services/doomed", { token: oneFactor });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
  expect((await send(fountain, "DELETE", "/services/doomed", { token })).status).toBe(204);
  expect((await send(fountain, "GET", "/services/doomed", { token })).status).toBe(404);
  expect((await send(fountain, "DELETE", "/services/doomed", { token })).status).toBe(404);
});

test("ends a service's keys with it", async () => {
  await create({ name: "short-lived", scopes: ["search:read"] });
  const { key } = await (await send(fountain, "POST", "/keys", { token, body: { service: "short-lived" } })).json<{
    key: string;
  }>();
  await send(fountain, "DELETE", "/services/short-lived", { token });
  const verdict = await send(fountain, "POST", "/keys/verify", { token, body: { key } });
  expect(await verdict.json()).toMatchObject({ valid: false });
});

test("lists services by name, page by page", async () => {
  const first = await (await send(fountain, "GET", "/services?limit=1", { token })).json<{
    items: { name: string }[];
    next: string;
  }>();
  const rest = await (await send(fountain, "GET", `/services?after=${first.next}`, { token })).json<{
    items: { name: string }[];
    next: string | null;
  }>();
  const names = [...first.items, ...rest.items].map((service) => service.name);
  expect(first.items).toHaveLength(1);
  expect(rest.next).toBeNull();
  expect(names).toEqual([...new Set(names)].toSorted());
});

test("lets a reader read and not write", async () => {
  const reader = await signToken(fountain, { roles: ["auditor"], scopes: ["keys:read"] });
  expect((await send(fountain, "GET", "/services", { token: reader })).status).toBe(200);
  expect((await create({ name: "nope", scopes: ["keys:read"] }, reader)).status).toBe(403);
});
