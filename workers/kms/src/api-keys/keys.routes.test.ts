import { expect, test } from "vitest";
import { z } from "zod";
import { useServices } from "../../../../tests/support/kms/services.ts";
import { problemIn, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";

const createdSchema = z.strictObject({
  id: z.string(),
  service: z.string(),
  name: z.string().nullable(),
  key: z.string(),
  prefix: z.string(),
  scopes: z.array(z.string()),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime().nullable(),
  allowedAddresses: z.array(z.string()).nullable(),
});

const { fountain, token, service, call } = useServices(["sequence:read", "search:read"]);

const create = async (body: Record<string, unknown> = {}) =>
  createdSchema.parse(await (await call("POST", "/keys", { body: { service: service(), ...body } })).json());

const rotate = (body?: unknown, as = token()): Promise<Response> =>
  call("POST", `/keys/${service()}/rotate`, { token: as, body });

const verify = async (key: string): Promise<Record<string, unknown>> =>
  (await call("POST", "/keys/verify", { body: { key } })).json();

test("shows a new key once, with what it may do", async () => {
  const expiresAt = new Date(Date.now() + 86_400_000).toISOString();
  const body = { service: service(), name: "laptop", scopes: ["search:read"], expiresAt };
  const response = await call("POST", "/keys", { body });
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const created = createdSchema.parse(await response.json());
  expect(created).toMatchObject({ service: service(), name: "laptop", scopes: ["search:read"], expiresAt });
  expect(created.key.startsWith(`${created.prefix}_`)).toBe(true);
  expect(await verify(created.key)).toEqual({
    valid: true,
    code: "valid",
    service: service(),
    scopes: ["search:read"],
    expiresAt,
  });
});

test("accepts an expiry in any time zone, and returns it in UTC", async () => {
  expect((await create({ expiresAt: "2099-01-01T02:00:00+02:00" })).expiresAt).toBe("2099-01-01T00:00:00.000Z");
});

test("never shows a key again", async () => {
  const { key, id, prefix } = await create();
  for (const path of [`/keys?service=${service()}`, `/keys/${service()}`, "/keys?limit=200"]) {
    const text = await (await call("GET", path)).text();
    expect(text).toContain(`"id":"${id}"`);
    expect(text).toContain(prefix);
    expect(text).not.toContain(key);
    expect(text).not.toContain(key.split("_")[2]);
  }
});

test("points at what is wrong with a key that cannot be made", async () => {
  const attempt = async (body: Record<string, unknown>) =>
    problemIn(await call("POST", "/keys", { body: { service: service(), ...body } }));
  expect(await attempt({ scopes: ["users:admin"] })).toMatchObject({ status: 422, pointers: ["#/scopes"] });
  expect(await attempt({ expiresAt: "2020-01-01T00:00:00Z" })).toMatchObject({
    status: 422,
    pointers: ["#/expiresAt"],
  });
  for (const expiresAt of [
    "tomorrow",
    "2099-02-30T00:00:00Z",
    "2099-01-01",
    "9999-12-31T23:59:59-05:00",
    4_000_000_000,
  ])
    expect(await attempt({ expiresAt }), String(expiresAt)).toMatchObject({ status: 422, pointers: ["#/expiresAt"] });
  expect(await attempt({ scopes: [] })).toMatchObject({ status: 422, pointers: ["#/scopes"] });
  for (const name of ["", "two\u0000", "lines\n", "half\ud800"])
    expect(await attempt({ name }), JSON.stringify(name)).toMatchObject({ status: 422, pointers: ["#/name"] });
  for (const other of ["half\ud800", "x".repeat(65)])
    expect(await attempt({ service: other })).toMatchObject({ status: 422, pointers: ["#/service"] });
  expect(await attempt({ service: "nothing" })).toMatchObject({ status: 404 });
  expect((await attempt({ scope: ["search:read"] })).status).toBe(422);
});

test("lets no caller create or rotate a key with more scopes than their own", async () => {
  await create();
  const limited = await signToken(fountain(), { scopes: ["keys:write", "search:read"] });
  expect((await call("POST", "/keys", { token: limited, body: { service: service() } })).status).toBe(403);
  expect((await rotate({}, limited)).status).toBe(403);
  const { id } = await create();
  expect((await call("POST", `/keys/${service()}/${id}/rotate`, { token: limited })).status).toBe(403);
});

test("rotates at once unless a grace is asked for", async () => {
  const old = await create({ name: "laptop" });
  const response = await rotate();
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const young = createdSchema.parse(await response.json());
  expect(young).toMatchObject({ service: service(), name: "laptop", scopes: old.scopes });
  expect(await verify(old.key)).toMatchObject({ valid: false, code: "revoked" });
  expect(await verify(young.key)).toMatchObject({ valid: true, code: "valid" });
});

test("lets the old key work for its grace, and says until when", async () => {
  const old = await create();
  const rotatedAtMs = Date.now();
  await rotate({ graceSeconds: 3600 });
  const verdict = await verify(old.key);
  expect(verdict).toMatchObject({ valid: true });
  const endsAtMs = Date.parse(String(verdict["expiresAt"]));
  expect(Math.abs(endsAtMs - rotatedAtMs - 3_600_000)).toBeLessThan(10_000);
  const listed = await (await call("GET", `/keys/${service()}`)).json<{
    items: { state: string }[];
  }>();
  expect(listed.items.map((key) => key.state)).toEqual(["grace", "active"]);
});

test("rotates one of several keys, and refuses to choose one", async () => {
  const reader = await create({ name: "reader", scopes: ["search:read"] });
  const writer = await create({ name: "writer" });
  const refused = await problemIn(await rotate());
  expect(refused).toMatchObject({ status: 409, detail: expect.stringContaining(`/kms/keys/${service()}/{id}/rotate`) });
  const path = `/keys/${service()}/${reader.id}/rotate`;
  const expiresAt = "2099-01-01T00:00:00.000Z";
  const response = await call("POST", path, { body: { graceSeconds: 60, expiresAt } });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const successor = createdSchema.parse(await response.json());
  expect(successor).toMatchObject({ service: service(), name: "reader", scopes: ["search:read"], expiresAt });
  for (const { key } of [reader, writer, successor]) expect(await verify(key)).toMatchObject({ valid: true });
  expect(await verify(writer.key)).toMatchObject({ expiresAt: null });
});

test("points at what is wrong with the rotation of one key", async () => {
  const { id, key } = await create();
  const attempt = async (body: unknown, path = `/keys/${service()}/${id}/rotate`) =>
    problemIn(await call("POST", path, { body }));
  for (const expiresAt of ["tomorrow", "2020-01-01T00:00:00Z", "9999-12-31T23:59:59-05:00"])
    expect(await attempt({ expiresAt }), expiresAt).toMatchObject({ status: 422, pointers: ["#/expiresAt"] });
  expect(await attempt({ graceSeconds: -1 })).toMatchObject({ status: 422, pointers: ["#/graceSeconds"] });
  expect((await attempt({ other: 1 })).status).toBe(422);
  expect((await attempt({}, `/keys/${service()}/nothing/rotate`)).status).toBe(404);
  expect((await attempt({}, `/keys/nothing/${id}/rotate`)).status).toBe(404);
  expect(await verify(key)).toMatchObject({ valid: true });
  expect((await call("POST", `/keys/${service()}/${id}/rotate`)).status).toBe(200);
  expect((await attempt({})).status).toBe(409);
});

test("refuses a grace that is negative, broken or longer than a week", async () => {
  await create();
  for (const graceSeconds of [-1, 1.5, "60", 7 * 86_400 + 1])
    expect(await problemIn(await rotate({ graceSeconds }))).toMatchObject({
      status: 422,
      pointers: ["#/graceSeconds"],
    });
});

test("responds with 404 where there is nothing to rotate or revoke", async () => {
  expect((await rotate()).status).toBe(404);
  expect((await call("POST", "/keys/nothing/rotate")).status).toBe(404);
  expect((await call("GET", "/keys/nothing")).status).toBe(404);
  expect((await call("DELETE", "/keys/nothing")).status).toBe(404);
  expect((await call("DELETE", `/keys/${service()}/nothing`)).status).toBe(404);
});

test("revokes one key, or all of a service, and once more without complaint", async () => {
  const [one, two, three] = [await create(), await create(), await create()];
  expect((await call("DELETE", `/keys/${service()}/${one.id}`)).status).toBe(204);
  expect((await call("DELETE", `/keys/${service()}/${one.id}`)).status).toBe(204);
  expect(await verify(one.key)).toMatchObject({ valid: false, code: "revoked", scopes: [] });
  expect(await verify(two.key)).toMatchObject({ valid: true });
  expect((await call("DELETE", `/keys/${service()}`)).status).toBe(204);
  expect((await call("DELETE", `/keys/${service()}`)).status).toBe(204);
  expect(await verify(three.key)).toMatchObject({ valid: false, code: "revoked" });
});

test("does not revoke a key through another service's name", async () => {
  const { id, key } = await create();
  await call("POST", "/services", { body: { name: "stranger", scopes: ["search:read"] } });
  expect((await call("DELETE", `/keys/stranger/${id}`)).status).toBe(404);
  expect(await verify(key)).toMatchObject({ valid: true });
});

test("asks for a second factor before rotating or revoking", async () => {
  const { id, key } = await create();
  const oneFactor = await signToken(fountain(), { acr: "aal1", amr: ["pwd"] });
  const staleFactor = await signToken(fountain(), { authenticatedAt: new Date(Date.now() - 301_000) });
  for (const caller of [oneFactor, staleFactor]) {
    expect((await rotate({}, caller)).status).toBe(401);
    expect((await call("POST", `/keys/${service()}/${id}/rotate`, { token: caller })).status).toBe(401);
    expect((await call("DELETE", `/keys/${service()}`, { token: caller })).status).toBe(401);
    expect((await call("DELETE", `/keys/${service()}/${id}`, { token: caller })).status).toBe(401);
  }
  expect(await verify(key)).toMatchObject({ valid: true });
});

test("judges any text without an error, and reveals nothing about keys that are not ours", async () => {
  const nothing = { valid: false, service: null, scopes: [], expiresAt: null };
  expect(await verify("")).toEqual({ ...nothing, code: "malformed" });
  expect(await verify("ftn_12345678_x_y")).toEqual({ ...nothing, code: "malformed" });
  const { key } = await create();
  await fountain().databases["kms"]?.execute("UPDATE api_keys SET key_hash = 'another'");
  expect(await verify(key)).toEqual({ ...nothing, code: "unknown" });
});

test("refuses a revoked key's tokens within five seconds", async () => {
  await call("POST", "/services", { body: { name: "reader", scopes: ["keys:read"] } });
  const { id, key } = createdSchema.parse(await (await call("POST", "/keys", { body: { service: "reader" } })).json());
  const form = { grant_type: "client_credentials", client_id: "reader", client_secret: key };
  const { access_token } = tokensSchema.parse(await (await sendForm(fountain(), form)).json());
  expect((await call("GET", "/services", { token: access_token })).status).toBe(200);
  expect((await call("DELETE", `/keys/reader/${id}`)).status).toBe(204);
  expect((await sendForm(fountain(), form)).status).toBe(401);
  await expect
    .poll(async () => (await call("GET", "/services", { token: access_token })).status, {
      interval: 100,
      timeout: 5_000,
    })
    .toBe(401);
});

test("lists all keys page by page, each once", async () => {
  await Promise.all([create(), create(), create()]);
  const ids: string[] = [];
  let path = "/keys?limit=2";
  for (;;) {
    const page = await (await call("GET", path)).json<{
      items: { id: string }[];
      next: string | null;
    }>();
    ids.push(...page.items.map((key) => key.id));
    if (page.next === null) break;
    path = `/keys?limit=2&after=${page.next}`;
  }
  const found = await fountain().databases["kms"]?.execute("SELECT COUNT(*) AS n FROM api_keys");
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(Number(found?.rows[0]?.["n"]));
  expect((await call("GET", "/keys?after=nonsense")).status).toBe(422);
});

test("writes no key to the log", async () => {
  const { key } = await create();
  const rotated = createdSchema.parse(await (await rotate()).json());
  await verify(key);
  const logs = fountain().logs.join("\n");
  for (const secret of [key, rotated.key]) expect(logs).not.toContain(secret.split("_")[2]);
  for (const action of ["key.create", "key.rotate"]) expect(logs).toContain(`"action":"${action}"`);
});
