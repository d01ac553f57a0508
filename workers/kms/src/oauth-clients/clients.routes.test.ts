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

const NOTES = { name: "Notes", redirectUris: ["https://notes.example/callback"], scopes: ["search:read"] };

const create = (body: unknown, as = token): Promise<Response> =>
  send(fountain, "POST", "/clients", { token: as, body });
const change = (id: unknown, body: unknown, as = token): Promise<Response> =>
  send(fountain, "PATCH", `/clients/${id}`, { token: as, body });
const bodyOf = (response: Response) => response.json<Record<string, unknown>>();

test("registers a client, shows its secret once, and stores no secret", async () => {
  const response = await create(NOTES);
  expect(response.status).toBe(201);
  const { clientSecret, ...client } = await bodyOf(response);
  expect(client).toMatchObject({ ...NOTES, public: false, trusted: false, postLogoutRedirectUris: [] });
  expect(response.headers.get("location")).toBe(`/kms/clients/${client["clientId"]}`);
  expect(String(clientSecret)).toMatch(/^fcs_[\w-]{43}$/);
  expect(await bodyOf(await send(fountain, "GET", `/clients/${client["clientId"]}`, { token }))).toEqual(client);
  const stored = await fountain.databases["kms"]?.execute("SELECT * FROM oauth_clients");
  expect(JSON.stringify(stored?.rows)).not.toContain(String(clientSecret).slice(4));
});

test("gives a public client no secret, now or later", async () => {
  const { clientId, clientSecret } = await bodyOf(await create({ ...NOTES, public: true }));
  expect(clientSecret).toBeUndefined();
  expect((await change(clientId, { newSecret: true })).status).toBe(409);
});

test("changes what is named, replaces a secret, and deletes", async () => {
  const { clientId, clientSecret, ...client } = await bodyOf(await create(NOTES));
  const renamed = await bodyOf(await change(clientId, { name: "Other notes", scopes: [] }));
  expect(renamed).toEqual({ ...client, clientId, name: "Other notes", scopes: [] });
  const replaced = await bodyOf(await change(clientId, { newSecret: true }));
  expect(replaced["clientSecret"]).not.toBe(clientSecret);
  expect((await send(fountain, "DELETE", `/clients/${clientId}`, { token })).status).toBe(204);
  expect((await send(fountain, "GET", `/clients/${clientId}`, { token })).status).toBe(404);
  expect((await change(clientId, { name: "Gone" })).status).toBe(404);
});

test("refuses redirect URIs that could lead elsewhere, by their place", async () => {
  const body = { ...NOTES, redirectUris: ["https://notes.example/", "http://notes.example/"] };
  expect(await problemIn(await create(body))).toMatchObject({ status: 422, pointers: ["#/redirectUris/1"] });
  const { clientId } = await bodyOf(await create(NOTES));
  const wild = { postLogoutRedirectUris: ["https://*.example/"] };
  expect(await problemIn(await change(clientId, wild))).toMatchObject({ pointers: ["#/postLogoutRedirectUris/0"] });
});

test("lets no one register or change a client beyond their own rights", async () => {
  const scopes = ["users:admin", "search:read"] as const;
  const lesser = await signToken(fountain, { roles: [], scopes });
  expect((await create(NOTES, lesser)).status).toBe(201);
  expect((await create({ ...NOTES, scopes: ["keys:write"] }, lesser)).status).toBe(403);
  const { clientId } = await bodyOf(await create({ ...NOTES, scopes: ["keys:write"] }));
  expect((await change(clientId, { redirectUris: ["https://evil.example/"] }, lesser)).status).toBe(403);
  expect((await send(fountain, "DELETE", `/clients/${clientId}`, { token: lesser })).status).toBe(403);
});
