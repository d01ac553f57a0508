import { expect, test } from "vitest";
import { z } from "zod";
import { DAY_MS, rotatedSchema, useWebhooks } from "../../../../tests/support/kms/webhooks.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const hooks = useWebhooks();
const { state, database, call, create, createOld, codeOf, statesOf, read, only, runSchedule, letAttemptsPass, unwrap } =
  hooks;

test("a key that is due is replaced, its owner sent the new one, and the old one given its grace", async () => {
  const old = await createOld({ name: "laptop" });
  await runSchedule();
  const message = rotatedSchema.parse(read(only()));
  expect(message.data).toMatchObject({ service: state.service, replaces: old.id, graceSeconds: 7 * 24 * 3600 });
  expect(only().headers["content-type"]).toBe("application/json");
  expect(await statesOf()).toEqual({ [old.id]: "grace", [message.data.keyId]: "active" });

  const unwrapped = await unwrap(message.data.unwrap.token, old.key);
  const { value: young } = await unwrapped.json<{ value: string }>();
  expect(await codeOf(young)).toBe("valid");
  expect(await codeOf(old.key)).toBe("valid");
  expect((await unwrap(message.data.unwrap.token, old.key)).status).toBe(404);
  await runSchedule();
  expect(state.received).toHaveLength(1);
});

test("a key is replaced once, however many schedules run at the same time", async () => {
  await createOld();
  await Promise.all([runSchedule(), runSchedule(), runSchedule()]);
  await runSchedule();
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "grace"]);
  rotatedSchema.parse(read(only()));
});

test("several keys of a service are replaced each by its own", async () => {
  const [one, other, young] = [await createOld({ name: "one" }), await createOld({ name: "other" }), await create()];
  await runSchedule();
  const messages = state.received.map((message) => rotatedSchema.parse(read(message)).data);
  expect(messages.map(({ replaces }) => replaces).toSorted()).toEqual([one.id, other.id].toSorted());
  expect(await statesOf()).toMatchObject({ [one.id]: "grace", [other.id]: "grace", [young.id]: "active" });
});

test("no key is replaced that is young, disabled, revoked, or whose owner cannot be notified", async () => {
  await create();
  const disabled = await createOld();
  await call("POST", `/keys/${state.service}/${disabled.id}/disable`);
  const revoked = await createOld();
  await call("DELETE", `/keys/${state.service}/${revoked.id}`);
  await runSchedule();
  await createOld();
  await call("DELETE", `/services/${state.service}/webhook`);
  await runSchedule();
  expect(state.received).toEqual([]);
});

test("the grace of a replaced key never outlives its own expiry, and the new key has its full lifetime", async () => {
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  const old = await createOld({ expiresAt });
  await runSchedule();
  const { data } = rotatedSchema.parse(read(only()));
  expect(Math.round((Date.parse(data.expiresAt ?? "") - Date.now()) / DAY_MS)).toBe(32);
  const response = await call("POST", "/keys/verify", { body: { key: old.key } });
  expect(await response.json()).toMatchObject({ valid: true, expiresAt });
});

test("while the message is not accepted, the old key keeps working, and the same message comes again", async () => {
  state.answer = { status: 503 };
  const old = await createOld();
  await runSchedule();
  await letAttemptsPass(1);
  await runSchedule();
  expect(new Set(state.received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(state.received).toHaveLength(2);
  expect(await statesOf()).toMatchObject({ [old.id]: "active" });
  state.answer = { status: 200 };
  await letAttemptsPass(2);
  await runSchedule();
  await runSchedule();
  expect(state.received).toHaveLength(3);
  for (const message of state.received) read(message);
  expect(await statesOf()).toMatchObject({ [old.id]: "grace" });
});

test("waits before it tries again", async () => {
  state.answer = { status: 500 };
  await createOld();
  await runSchedule();
  await runSchedule();
  expect(state.received).toHaveLength(1);
});

test("after the last attempt the new key is taken back, the old one stays, and another is made", async () => {
  state.answer = { status: 500 };
  const old = await createOld();
  await runSchedule();
  const [first = ""] = Object.keys(await statesOf()).filter((id) => id !== old.id);
  await letAttemptsPass(9);
  await runSchedule();
  expect(await statesOf()).toMatchObject({ [old.id]: "active", [first]: "revoked" });
  state.answer = { status: 200 };
  await runSchedule();
  expect(await statesOf()).toMatchObject({ [old.id]: "grace", [first]: "revoked" });
});

test("follows no redirect", async () => {
  state.answer = { status: 307, headers: { location: `${state.url}-elsewhere` } };
  await createOld();
  await runSchedule();
  expect(state.received.map(({ path }) => path)).toEqual([`/${state.service}`]);
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "active"]);
});

test("the owner is notified of a leak right after the report", async () => {
  const { id, key } = await create({ name: "laptop" });
  await send(hooks.fountain, "POST", "/keys/leaked", { body: { key, url: "https://example.com/paste/1" } });
  await expect.poll(() => state.received.length, { interval: 50, timeout: 5_000 }).toBe(1);
  expect(read(only())).toMatchObject({
    type: "key.leaked",
    data: { keyId: id, service: state.service, name: "laptop", url: "https://example.com/paste/1" },
  });
  expect(only().body).not.toContain(key.split("_")[2]);
  await send(hooks.fountain, "POST", "/keys/leaked", { body: { key } });
  await runSchedule();
  expect(state.received).toHaveLength(1);
});

test("another address gets another secret, and the old one signs no more", async () => {
  const path = `/services/${state.service}/webhook`;
  const response = await call("PUT", path, { body: { url: state.url } });
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const renewed = z
    .object({ url: z.literal(state.url), secret: z.string().startsWith("whsec_") })
    .parse(await response.json());
  await createOld();
  await runSchedule();
  expect(() => read(only(), state.secret)).toThrow();
  rotatedSchema.parse(read(only(), renewed.secret));
  expect(await (await call("GET", `/services/${state.service}`)).text()).not.toContain("whsec_");
});

test("without a webhook, pending messages are deleted, and a key that was never delivered is revoked", async () => {
  state.answer = { status: 500 };
  const old = await createOld();
  await runSchedule();
  expect((await call("DELETE", `/services/${state.service}/webhook`)).status).toBe(204);
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "revoked"]);
  expect(await statesOf()).toMatchObject({ [old.id]: "active" });
  await runSchedule();
  expect(state.received).toHaveLength(1);
});

test("a rotation on demand replaces one that the owner has not been notified of", async () => {
  state.answer = { status: 500 };
  await createOld();
  await runSchedule();
  const rotated = await call("POST", `/keys/${state.service}/rotate`);
  const { id } = z.object({ id: z.string() }).parse(await rotated.json());
  await letAttemptsPass(1);
  await runSchedule();
  expect(state.received).toHaveLength(1);
  expect(await statesOf()).toMatchObject({ [id]: "active" });
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "revoked", "revoked"]);
});

test("no one has keys sent to themselves that can do more than they can, nor without a second factor", async () => {
  const path = `/services/${state.service}/webhook`;
  const oneFactor = await signToken(hooks.fountain, { acr: "aal1", amr: ["pwd"] });
  expect((await call("PUT", path, { token: oneFactor, body: { url: state.url } })).status).toBe(401);
  expect((await call("DELETE", path, { token: oneFactor })).status).toBe(401);
  const keeper = await signToken(hooks.fountain, { roles: [], scopes: ["keys:write"] });
  expect((await call("PUT", path, { token: keeper, body: { url: state.url } })).status).toBe(403);
  expect((await call("PUT", "/services/unknown/webhook", { body: { url: state.url } })).status).toBe(404);
});

test("refuses an address that is none, or holds credentials", async () => {
  for (const bad of ["", "nowhere", "ftp://example.com", "https://user:secret@example.com/"]) {
    const put = await call("PUT", `/services/${state.service}/webhook`, { body: { url: bad } });
    expect(await problemIn(put), bad).toMatchObject({ status: 422, pointers: ["#/url"] });
    const body = { name: "another", scopes: ["search:read"], webhookUrl: bad };
    const post = await call("POST", "/services", { body });
    expect(await problemIn(post), bad).toMatchObject({ status: 422, pointers: ["#/webhookUrl"] });
  }
});

test("neither the database nor the log shows what is signed with, or what is sent", async () => {
  state.answer = { status: 500 };
  await createOld();
  await runSchedule();
  const { data } = rotatedSchema.parse(read(only()));
  const { rows } = await database().execute("SELECT * FROM webhook_deliveries");
  expect(rows).toHaveLength(1);
  const { rows: all } = await database().execute("SELECT * FROM services");
  const stored = JSON.stringify([rows, all]);
  for (const hidden of [data.unwrap.token, state.secret, state.secret.slice("whsec_".length)]) {
    expect(stored).not.toContain(hidden);
    expect(hooks.fountain.logs.join("\n")).not.toContain(hidden);
  }
});
