import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, sendForm, signToken } from "../../../../tests/support/kms.ts";

const DAY_MS = 24 * 60 * 60 * 1000;

/** A message as it arrived. */
interface Received {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const rotatedSchema = z.object({
  type: z.literal("key.rotated"),
  timestamp: z.iso.datetime(),
  data: z.object({
    keyId: z.string(),
    service: z.string(),
    replaces: z.string(),
    expiresAt: z.iso.datetime().nullable(),
    graceSeconds: z.int(),
    unwrap: z.object({ url: z.string(), token: z.string(), expiresAt: z.iso.datetime() }),
  }),
});

let fountain: Fountain;
let receiver: Server;
let received: Received[];
/** What the receiver answers. */
let answer: { status: number; headers?: Record<string, string> };
let token: string;
let service: string;
let services = 0;
let url: string;
let secret: string;

const database = () => {
  const client = fountain.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  return client;
};

beforeAll(async () => {
  receiver = createServer(async (request, response) => {
    received.push({ path: request.url ?? "", headers: request.headers, body: await text(request) });
    response.writeHead(answer.status, answer.headers).end();
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  fountain = await startFountain({ front: "kms", settings: { WEBHOOK_TARGETS: "any" } });
  token = await signToken(fountain);
});
afterAll(async () => {
  await fountain?.stop();
  await new Promise((resolve) => receiver.close(resolve));
});

beforeEach(async () => {
  await database().execute("DELETE FROM webhook_deliveries");
  received = [];
  answer = { status: 204 };
  services += 1;
  service = `films-${services}`;
  const { port } = z.object({ port: z.int() }).parse(receiver.address());
  url = `http://127.0.0.1:${port}/${service}`;
  const body = { name: service, scopes: ["search:read"], rotateAfterDays: 30, webhookUrl: url };
  const created = await send(fountain, "POST", "/services", { token, body });
  expect(created.status).toBe(201);
  secret = z.object({ webhookSecret: z.string() }).parse(await created.json()).webhookSecret;
});

const create = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> =>
  (await send(fountain, "POST", "/keys", { token, body: { service, ...body } })).json();

/** A key of 31 days. */
const createOld = async (body: Record<string, unknown> = {}): Promise<{ id: string; key: string }> => {
  const created = await create(body);
  const args = [Date.now() - 31 * DAY_MS, created.id];
  await database().execute({ sql: "UPDATE api_keys SET created_at = ? WHERE id = ?", args });
  return created;
};

const codeOf = async (key: string): Promise<string> => {
  const response = await send(fountain, "POST", "/keys/verify", { token, body: { key } });
  return z.object({ code: z.string() }).parse(await response.json()).code;
};

const statesOf = async (): Promise<Record<string, string>> => {
  const response = await send(fountain, "GET", `/keys/${service}`, { token });
  const { items } = z
    .object({ items: z.array(z.object({ id: z.string(), state: z.string() })) })
    .parse(await response.json());
  return Object.fromEntries(items.map(({ id, state }) => [id, state]));
};

/** The message as whoever has the secret reads it; fails for one that is not signed with it. */
const read = ({ headers, body }: Received, signedWith = secret): unknown =>
  new Webhook(signedWith).verify(body, {
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"]),
  });

const only = (): Received => {
  const [message, ...more] = received.filter(({ path }) => path === `/${service}`);
  if (!message || more.length > 0) throw new Error(`${more.length + (message ? 1 : 0)} messages`);
  return message;
};

const runSchedule = (): Promise<void> => fountain.runScheduled("kms");

/** Lets the time of the next attempt come, after so many. */
const letAttemptsPass = async (attempts: number): Promise<void> => {
  await database().execute({
    sql: "UPDATE webhook_deliveries SET attempts = ?, next_attempt_at = 0",
    args: [attempts],
  });
};

const unwrap = async (wrappingToken: string, key: string): Promise<Response> => {
  const form = { grant_type: "client_credentials", client_id: service, client_secret: key };
  const { access_token } = await (await sendForm(fountain, form)).json<{ access_token: string }>();
  return send(fountain, "POST", "/secrets/unwrap", { token: access_token, body: { token: wrappingToken } });
};

test("a key that is due is replaced, its owner sent the new one, and the old one given its grace", async () => {
  const old = await createOld({ name: "laptop" });
  await runSchedule();
  const message = rotatedSchema.parse(read(only()));
  expect(message.data).toMatchObject({ service, replaces: old.id, graceSeconds: 7 * 24 * 3600 });
  expect(only().headers["content-type"]).toBe("application/json");
  expect(await statesOf()).toEqual({ [old.id]: "grace", [message.data.keyId]: "active" });

  const unwrapped = await unwrap(message.data.unwrap.token, old.key);
  const { value: young } = await unwrapped.json<{ value: string }>();
  expect(await codeOf(young)).toBe("valid");
  expect(await codeOf(old.key)).toBe("valid");
  expect((await unwrap(message.data.unwrap.token, old.key)).status).toBe(404);
  await runSchedule();
  expect(received).toHaveLength(1);
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
  const messages = received.map((message) => rotatedSchema.parse(read(message)).data);
  expect(messages.map(({ replaces }) => replaces).toSorted()).toEqual([one.id, other.id].toSorted());
  expect(await statesOf()).toMatchObject({ [one.id]: "grace", [other.id]: "grace", [young.id]: "active" });
});

test("no key is replaced that is young, disabled, revoked, or whose owner cannot be told", async () => {
  await create();
  const disabled = await createOld();
  await send(fountain, "POST", `/keys/${service}/${disabled.id}/disable`, { token });
  const revoked = await createOld();
  await send(fountain, "DELETE", `/keys/${service}/${revoked.id}`, { token });
  await runSchedule();
  await createOld();
  await send(fountain, "DELETE", `/services/${service}/webhook`, { token });
  await runSchedule();
  expect(received).toEqual([]);
});

test("the grace of a replaced key never outlives its own expiry, and the new key has its lifetime anew", async () => {
  const expiresAt = new Date(Date.now() + DAY_MS).toISOString();
  const old = await createOld({ expiresAt });
  await runSchedule();
  const { data } = rotatedSchema.parse(read(only()));
  expect(Math.round((Date.parse(data.expiresAt ?? "") - Date.now()) / DAY_MS)).toBe(32);
  const response = await send(fountain, "POST", "/keys/verify", { token, body: { key: old.key } });
  expect(await response.json()).toMatchObject({ valid: true, expiresAt });
});

test("while nobody takes the message, the old key works on, and the same message comes again", async () => {
  answer = { status: 503 };
  const old = await createOld();
  await runSchedule();
  await letAttemptsPass(1);
  await runSchedule();
  expect(new Set(received.map(({ headers }) => headers["webhook-id"])).size).toBe(1);
  expect(received).toHaveLength(2);
  expect(await statesOf()).toMatchObject({ [old.id]: "active" });
  answer = { status: 200 };
  await letAttemptsPass(2);
  await runSchedule();
  await runSchedule();
  expect(received).toHaveLength(3);
  for (const message of received) read(message);
  expect(await statesOf()).toMatchObject({ [old.id]: "grace" });
});

test("waits before it tries again", async () => {
  answer = { status: 500 };
  await createOld();
  await runSchedule();
  await runSchedule();
  expect(received).toHaveLength(1);
});

test("after the last attempt the new key is taken back, the old one stays, and another is made", async () => {
  answer = { status: 500 };
  const old = await createOld();
  await runSchedule();
  const [first = ""] = Object.keys(await statesOf()).filter((id) => id !== old.id);
  await letAttemptsPass(9);
  await runSchedule();
  expect(await statesOf()).toMatchObject({ [old.id]: "active", [first]: "revoked" });
  answer = { status: 200 };
  await runSchedule();
  expect(await statesOf()).toMatchObject({ [old.id]: "grace", [first]: "revoked" });
});

test("follows no redirect", async () => {
  answer = { status: 307, headers: { location: `${url}-elsewhere` } };
  await createOld();
  await runSchedule();
  expect(received.map(({ path }) => path)).toEqual([`/${service}`]);
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "active"]);
});

test("the owner is told of a leak right after the report", async () => {
  const { id, key } = await create({ name: "laptop" });
  await send(fountain, "POST", "/keys/leaked", { body: { key, url: "https://example.com/paste/1" } });
  await expect.poll(() => received.length, { interval: 50, timeout: 5_000 }).toBe(1);
  expect(read(only())).toMatchObject({
    type: "key.leaked",
    data: { keyId: id, service, name: "laptop", url: "https://example.com/paste/1" },
  });
  expect(only().body).not.toContain(key.split("_")[2]);
  await send(fountain, "POST", "/keys/leaked", { body: { key } });
  await runSchedule();
  expect(received).toHaveLength(1);
});

test("another address gets another secret, and the old one signs no more", async () => {
  const path = `/services/${service}/webhook`;
  const response = await send(fountain, "PUT", path, { token, body: { url } });
  expect([response.status, response.headers.get("cache-control")]).toEqual([200, "no-store"]);
  const renewed = z
    .object({ url: z.literal(url), secret: z.string().startsWith("whsec_") })
    .parse(await response.json());
  await createOld();
  await runSchedule();
  expect(() => read(only(), secret)).toThrow();
  rotatedSchema.parse(read(only(), renewed.secret));
  expect(await (await send(fountain, "GET", `/services/${service}`, { token })).text()).not.toContain("whsec_");
});

test("without the address, what was on its way is forgotten, and a key nobody has seen is taken back", async () => {
  answer = { status: 500 };
  const old = await createOld();
  await runSchedule();
  expect((await send(fountain, "DELETE", `/services/${service}/webhook`, { token })).status).toBe(204);
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "revoked"]);
  expect(await statesOf()).toMatchObject({ [old.id]: "active" });
  await runSchedule();
  expect(received).toHaveLength(1);
});

test("a rotation by call takes the place of one that the owner has not been told of", async () => {
  answer = { status: 500 };
  await createOld();
  await runSchedule();
  const rotated = await send(fountain, "POST", `/keys/${service}/rotate`, { token });
  const { id } = z.object({ id: z.string() }).parse(await rotated.json());
  await letAttemptsPass(1);
  await runSchedule();
  expect(received).toHaveLength(1);
  expect(await statesOf()).toMatchObject({ [id]: "active" });
  expect(Object.values(await statesOf()).toSorted()).toEqual(["active", "revoked", "revoked"]);
});

test("nobody has keys sent to himself that can do more than he can, nor without a second factor", async () => {
  const path = `/services/${service}/webhook`;
  const oneFactor = await signToken(fountain, { acr: "aal1", amr: ["pwd"] });
  expect((await send(fountain, "PUT", path, { token: oneFactor, body: { url } })).status).toBe(401);
  expect((await send(fountain, "DELETE", path, { token: oneFactor })).status).toBe(401);
  const keeper = await signToken(fountain, { roles: [], scopes: ["keys:write"] });
  expect((await send(fountain, "PUT", path, { token: keeper, body: { url } })).status).toBe(403);
  expect((await send(fountain, "PUT", "/services/nobody/webhook", { token, body: { url } })).status).toBe(404);
});

test("refuses an address that is none, or holds credentials", async () => {
  for (const bad of ["", "nowhere", "ftp://example.com", "https://user:secret@example.com/"]) {
    const put = await send(fountain, "PUT", `/services/${service}/webhook`, { token, body: { url: bad } });
    expect(await problemIn(put), bad).toMatchObject({ status: 422, pointers: ["#/url"] });
    const body = { name: "another", scopes: ["search:read"], webhookUrl: bad };
    const post = await send(fountain, "POST", "/services", { token, body });
    expect(await problemIn(post), bad).toMatchObject({ status: 422, pointers: ["#/webhookUrl"] });
  }
});

test("neither the database nor the log shows what is signed with, or what is sent", async () => {
  answer = { status: 500 };
  await createOld();
  await runSchedule();
  const { data } = rotatedSchema.parse(read(only()));
  const { rows } = await database().execute("SELECT * FROM webhook_deliveries");
  expect(rows).toHaveLength(1);
  const { rows: all } = await database().execute("SELECT * FROM services");
  const stored = JSON.stringify([rows, all]);
  for (const hidden of [data.unwrap.token, secret, secret.slice("whsec_".length)]) {
    expect(stored).not.toContain(hidden);
    expect(fountain.logs.join("\n")).not.toContain(hidden);
  }
});
