import { expect, test } from "vitest";
import { z } from "zod";
import { useServices } from "../../../../tests/support/kms/services.ts";
import { problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const keySchema = z.object({
  id: z.string(),
  state: z.string(),
  disabledReason: z.string().nullable(),
  allowedAddresses: z.array(z.string()).nullable(),
  lastUsedAt: z.iso.datetime().nullable(),
});

const { fountain, token, service, call } = useServices(["keys:read", "search:read"]);

const create = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> =>
  (await call("POST", "/keys", { body: { service: service(), ...body } })).json();

const change = (id: string, what: string, as = token()): Promise<Response> =>
  call("POST", `/keys/${service()}/${id}/${what}`, { token: as });

const restrict = (id: string, allowedAddresses: unknown): Promise<Response> =>
  call("PUT", `/keys/${service()}/${id}/allowed-addresses`, { body: { allowedAddresses } });

const verify = async (key: string, address?: string): Promise<string> => {
  const response = await call("POST", "/keys/verify", { body: { key, ...(address && { address }) } });
  return z.object({ code: z.string() }).parse(await response.json()).code;
};

const stateOf = async (id: string) => {
  const response = await call("GET", `/keys/${service()}`);
  const { items } = z.object({ items: z.array(keySchema) }).parse(await response.json());
  return items.find((item) => item.id === id);
};

/** Asks for a token as the service does, from an address as the gateway would pass it on. */
const requestToken = (key: string, address?: string): Promise<Response> =>
  sendForm(
    fountain(),
    { grant_type: "client_credentials", client_id: service(), client_secret: key },
    address === undefined ? {} : { "x-fountain-client-address": address },
  );

const tokenOf = async (key: string): Promise<string> =>
  z.object({ access_token: z.string() }).parse(await (await requestToken(key)).json()).access_token;

const report = (body: unknown): Promise<Response> => send(fountain(), "POST", "/keys/leaked", { body });

const statusWith = async (accessToken: string): Promise<number> =>
  (await call("GET", "/services", { token: accessToken })).status;

/** The bound on updates. */
const WITHIN_FIVE_SECONDS = { interval: 100, timeout: 5_000 };

test("the tokens of a key end within five seconds when it is disabled, restricted or has leaked", async () => {
  const keys = [await create(), await create(), await create()];
  const tokens = await Promise.all(keys.map(({ key }) => tokenOf(key)));
  expect(await Promise.all(tokens.map(statusWith))).toEqual([200, 200, 200]);
  const [disabled, restricted, leaked] = keys;
  await change(disabled?.id ?? "", "disable");
  await restrict(restricted?.id ?? "", ["192.0.2.7"]);
  await report({ key: leaked?.key });
  await expect.poll(() => Promise.all(tokens.map(statusWith)), WITHIN_FIVE_SECONDS).toEqual([401, 401, 401]);

  await change(disabled?.id ?? "", "enable");
  expect(await statusWith(tokens[0] ?? "")).toBe(401);
  expect(await statusWith(await tokenOf(disabled?.key ?? ""))).toBe(200);
});

test("a disabled key is refused at once, until it is enabled again", async () => {
  const { id, key } = await create();
  expect(keySchema.parse(await (await change(id, "disable")).json())).toMatchObject({
    state: "disabled",
    disabledReason: "operator",
  });
  expect(await verify(key)).toBe("disabled");
  expect((await requestToken(key)).status).toBe(401);
  expect(keySchema.parse(await (await change(id, "enable")).json())).toMatchObject({ state: "active" });
  expect(await verify(key)).toBe("valid");
});

test("disabling and enabling are no error the second time, and none of a key that is not there", async () => {
  const { id } = await create();
  expect([await change(id, "disable"), await change(id, "disable")].map(({ status }) => status)).toEqual([200, 200]);
  expect([await change(id, "enable"), await change(id, "enable")].map(({ status }) => status)).toEqual([200, 200]);
  expect((await change("nothing", "disable")).status).toBe(404);
  await call("POST", "/services", { body: { name: `x-${service()}`, scopes: ["search:read"] } });
  expect((await call("POST", `/keys/x-${service()}/${id}/disable`)).status).toBe(404);
});

test("a key that has ended can be neither disabled, nor enabled, nor restricted", async () => {
  const { id } = await create();
  await call("DELETE", `/keys/${service()}/${id}`);
  expect((await change(id, "disable")).status).toBe(409);
  expect((await change(id, "enable")).status).toBe(409);
  expect((await restrict(id, ["192.0.2.1"])).status).toBe(409);
});

test("disabling, enabling and confining want a second factor, and the rights of the service", async () => {
  const { id } = await create();
  const path = `/keys/${service()}/${id}/allowed-addresses`;
  const allowAll = (as: string) => call("PUT", path, { token: as, body: { allowedAddresses: null } });
  const oneFactor = await signToken(fountain(), { acr: "aal1", amr: ["pwd"] });
  const lesser = await signToken(fountain(), { scopes: ["keys:write"] });
  for (const [as, status] of [
    [oneFactor, 401],
    [lesser, 403],
  ] as const) {
    expect((await change(id, "disable", as)).status).toBe(status);
    expect((await change(id, "enable", as)).status).toBe(status);
    expect((await allowAll(as)).status).toBe(status);
    expect((await call("DELETE", `/keys/${service()}/${id}`, { token: as })).status).toBe(status);
    expect((await call("DELETE", `/keys/${service()}`, { token: as })).status).toBe(status);
    expect((await call("DELETE", `/services/${service()}`, { token: as })).status).toBe(status);
    expect((await call("DELETE", `/services/${service()}/webhook`, { token: as })).status).toBe(status);
  }
  expect((await change(id, "disable")).status).toBe(200);
});

test("a service disables its own keys, and no other's", async () => {
  const { id } = await create();
  const tokenOf = (name: string) =>
    signToken(fountain(), { subject: `service:${name}`, clientId: name, roles: [], acr: "aal1", amr: ["api-key"] });
  expect((await change(id, "disable", await tokenOf("another"))).status).toBe(403);
  expect((await change(id, "disable", await tokenOf(service()))).status).toBe(200);
  expect((await change(id, "enable", await tokenOf(service()))).status).toBe(401);
});

test("a key with addresses is good from there only, also for a token", async () => {
  const { id, key } = await create({ allowedAddresses: ["192.0.2.0/24", "2001:db8::1"] });
  expect(await stateOf(id)).toMatchObject({ allowedAddresses: ["192.0.2.0/24", "2001:db8::1"] });
  expect(await verify(key)).toBe("valid");
  expect(await verify(key, "192.0.2.9")).toBe("valid");
  expect(await verify(key, "2001:db8::2")).toBe("address-not-allowed");
  expect((await requestToken(key, "192.0.2.9")).status).toBe(200);
  expect((await requestToken(key, "198.51.100.1")).status).toBe(401);
  expect((await requestToken(key)).status).toBe(401);
});

test("keeps addresses in their normal form, so that each of them can match", async () => {
  const { id, key } = await create({ allowedAddresses: ["::ffff:127.0.0.0/104", "192.0.2.9/24", "2001:DB8:0::1"] });
  expect(await stateOf(id)).toMatchObject({ allowedAddresses: ["127.0.0.0/8", "192.0.2.0/24", "2001:db8::1"] });
  expect(await verify(key, "127.9.9.9")).toBe("valid");
  expect(await verify(key, "::ffff:192.0.2.1")).toBe("valid");
  expect(await verify(key, "128.0.0.1")).toBe("address-not-allowed");
});

test("other addresses count at once", async () => {
  const { id, key } = await create();
  expect(keySchema.parse(await (await restrict(id, ["192.0.2.7"])).json())).toMatchObject({
    allowedAddresses: ["192.0.2.7"],
  });
  expect((await requestToken(key, "192.0.2.8")).status).toBe(401);
  await restrict(id, null);
  expect((await requestToken(key, "192.0.2.8")).status).toBe(200);
});

test("points at an address that is none", async () => {
  const attempt = async (allowedAddresses: unknown) =>
    problemIn(await call("POST", "/keys", { body: { service: service(), allowedAddresses } }));
  const neverMatched = ["010.0.0.1", "::ffff:10.0.0.0/95", "fe80::1%eth0", "::10.0.0.1"];
  const unreadable = ["localhost", "192.0.2", "192.0.2.0/33", "::1/129", "192.0.2.1/", "0x7f.0.0.1", "1".repeat(99)];
  for (const address of [...unreadable, ...neverMatched])
    expect(await attempt(["192.0.2.1", address]), address).toMatchObject({
      status: 422,
      pointers: ["#/allowedAddresses/1"],
    });
  expect(await attempt([])).toMatchObject({ status: 422, pointers: ["#/allowedAddresses"] });
});

test("a rotation hands the addresses on to the new key", async () => {
  const { key } = await create({ allowedAddresses: ["192.0.2.7"] });
  const rotated = await call("POST", `/keys/${service()}/rotate`);
  const successor = z.object({ key: z.string(), allowedAddresses: z.array(z.string()) }).parse(await rotated.json());
  expect(successor.allowedAddresses).toEqual(["192.0.2.7"]);
  expect(await verify(key)).toBe("revoked");
  expect(await verify(successor.key, "192.0.2.8")).toBe("address-not-allowed");
});

test("says when a key was last used, written after the responses", async () => {
  const { id, key } = await create();
  expect(await stateOf(id)).toMatchObject({ lastUsedAt: null });
  const before = Date.now();
  await verify(key);
  await expect.poll(async () => (await stateOf(id))?.lastUsedAt, { interval: 100, timeout: 5_000 }).not.toBeNull();
  expect(Date.parse((await stateOf(id))?.lastUsedAt ?? "")).toBeGreaterThanOrEqual(before - 1);
});

test("anyone who knows a key can report that it has leaked, and it is disabled for good", async () => {
  const { id, key } = await create();
  const response = await report({ key, url: "https://example.com/paste/1" });
  expect(response.status).toBe(202);
  expect(await response.json()).toEqual({ status: "received" });
  expect(await verify(key)).toBe("disabled");
  expect(await stateOf(id)).toMatchObject({ state: "disabled", disabledReason: "leaked" });
  expect((await change(id, "enable")).status).toBe(409);
  expect((await call("POST", `/keys/${service()}/rotate`)).status).toBe(200);
});

test("a leak counts for more than what an operator decided", async () => {
  const { id, key } = await create();
  await change(id, "disable");
  await report({ key });
  expect(await stateOf(id)).toMatchObject({ disabledReason: "leaked" });
  expect((await change(id, "enable")).status).toBe(409);
});

test("takes a list as GitHub's secret scanning sends it, and responds to it like to anything else", async () => {
  const [one, other] = [await create(), await create()];
  const matches = [one.key, "ghp_nothing-of-ours", other.key, one.key].map((found) => ({
    token: found,
    type: "fountain_api_key",
    url: "https://github.com/octocat/Hello-World/blob/12345600b9cbe38a219f39a9941c9319b600c002/foo/bar.txt",
    source: "content",
  }));
  const response = await report(matches);
  expect([response.status, await response.json()]).toEqual([202, { status: "received" }]);
  expect([await verify(one.key), await verify(other.key)]).toEqual(["disabled", "disabled"]);
});

test("reveals to the reporter nothing about the outcome", async () => {
  const { key } = await create();
  const [head = "", id = "", secret = ""] = key.split("_");
  const fabricated = `${head}_${id}_${secret.replaceAll(/./g, "x")}_000000`;
  for (const text of [key, key, fabricated, "", "x".repeat(2_048)]) {
    const response = await report({ key: text });
    expect([response.status, await response.json()], text.slice(0, 60)).toEqual([202, { status: "received" }]);
  }
});

test("refuses reports that are too many, too long or of another shape", async () => {
  const match = { token: "x" };
  expect((await report(Array.from({ length: 101 }, () => match))).status).toBe(422);
  expect((await report({ key: "x".repeat(2_049) })).status).toBe(422);
  for (const body of [{}, [], "ftn_x", { keys: [] }, [{ key: "x" }]]) expect((await report(body)).status).toBe(422);
});

test("audits every change of a key, and writes no key anywhere", async () => {
  const { id, key } = await create();
  await change(id, "disable");
  await change(id, "disable");
  await change(id, "enable");
  await restrict(id, ["192.0.2.1"]);
  await report({ key });
  await report({ key });
  const found = await fountain().databases["kms"]?.execute({
    sql: "SELECT action, actor FROM audit_entries WHERE target = ? ORDER BY id",
    args: [id],
  });
  expect(found?.rows.map((row) => [row["action"], row["actor"]])).toEqual([
    ["key.create", "test-administrator"],
    ["key.disable", "test-administrator"],
    ["key.enable", "test-administrator"],
    ["key.confine", "test-administrator"],
    ["key.leaked", null],
  ]);
  expect(fountain().logs.join("\n")).not.toContain(key.split("_")[2]);
});
