import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { arrangements, PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { TERMS_SETTINGS, TERMS_VERSION } from "../../../../tests/support/kms/consents.ts";
import { storeInvitation } from "../../../../tests/support/kms/links.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";

let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { REGISTRATION: "open", ...TERMS_SETTINGS } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const VERSION = { version: TERMS_VERSION };
const { newUser } = arrangements(
  () => fountain,
  () => token,
);
const consentsOf = async (as: string) =>
  (await send(fountain, "GET", "/me/consents", { token: as })).json<{ items: object[]; documents: object[] }>();
const count = async (sql: string, userId: string): Promise<number> =>
  Number((await fountain.databases["kms"]?.execute({ sql, args: [userId] }))?.rows[0]?.["found"]);

test("a consent is kept once, withdrawn once, and given anew beside the old one", async () => {
  const { id, accessToken } = await newUser();
  expect(await consentsOf(accessToken)).toMatchObject({
    items: [],
    documents: [{ document: "terms", ...VERSION, url: TERMS_SETTINGS.TERMS_URL, agreed: false }],
  });
  const give = () => send(fountain, "PUT", "/me/consents/terms", { token: accessToken, body: VERSION });
  const withdraw = () => send(fountain, "DELETE", "/me/consents/terms", { token: accessToken });
  const given = await Promise.all(Array.from({ length: 8 }, async () => (await give()).json()));
  expect(new Set(given.map((consent) => JSON.stringify(consent))).size).toBe(1);
  expect(given[0]).toMatchObject({ document: "terms", ...VERSION, way: "api", withdrawnAt: null });
  const entries = "SELECT count(*) AS found FROM audit_entries WHERE action = 'consent.give' AND target = ?";
  expect(await count(entries, String(id))).toBe(1);
  expect((await consentsOf(accessToken)).documents).toMatchObject([{ agreed: true }]);

  expect([(await withdraw()).status, (await withdraw()).status]).toEqual([204, 404]);
  expect((await consentsOf(accessToken)).documents).toMatchObject([{ agreed: false }]);
  await give();
  expect((await consentsOf(accessToken)).items).toMatchObject([
    { withdrawnAt: null },
    { withdrawnAt: expect.any(String) },
  ]);
});

test("no one agrees to a version that is not in force, nor to a document without one", async () => {
  const { accessToken } = await newUser();
  const give = (document: string, version: string) =>
    send(fountain, "PUT", `/me/consents/${document}`, { token: accessToken, body: { version } });
  expect(await problemIn(await give("terms", "2025-01"))).toMatchObject({ status: 422, pointers: ["#/version"] });
  for (const other of ["privacy", "cookies"])
    expect(await problemIn(await give(other, TERMS_VERSION))).toMatchObject({ status: 404 });
  expect((await consentsOf(accessToken)).items).toEqual([]);
});

test("comes with an account by registration or invitation, whose fields may leave it out", async () => {
  const register = (more: object) => {
    const body = { username: unique(), password: PASSWORD, ...more };
    return send(fountain, "POST", "/register", { body });
  };
  expect((await register({})).status).toBe(201);
  const outdated = await problemIn(await register({ consents: { terms: "2025-01" } }));
  expect(outdated).toMatchObject({ status: 422, pointers: ["#/consents/terms"] });
  const { id } = await (await register({ consents: { terms: TERMS_VERSION } })).json<{ id: string }>();
  const link = await storeInvitation(fountain);
  const invited = await (
    await send(fountain, "POST", "/invitations/accept", {
      body: { token: link.token, username: unique(), password: PASSWORD, consents: { terms: TERMS_VERSION } },
    })
  ).json<{ id: string }>();
  for (const user of [id, invited.id])
    expect(await (await send(fountain, "GET", `/users/${user}`, { token })).json()).toMatchObject({
      consents: [{ document: "terms", ...VERSION, way: "api", withdrawnAt: null }],
    });
});

test("goes with the account", async () => {
  const username = unique();
  const body = { username, password: PASSWORD, consents: { terms: TERMS_VERSION } };
  const { id } = await (await send(fountain, "POST", "/register", { body })).json<{ id: string }>();
  const rows = "SELECT count(*) AS found FROM legal_consents WHERE user_id = ?";
  expect(await count(rows, id)).toBe(1);
  expect((await logIn(fountain, username, PASSWORD)).accessToken).toMatch(/^ey/);
  expect((await send(fountain, "DELETE", `/users/${id}`, { token })).status).toBe(204);
  expect(await count(rows, id)).toBe(0);
});
