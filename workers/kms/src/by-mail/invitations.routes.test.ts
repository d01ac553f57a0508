import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { storeInvitation } from "../../../../tests/support/kms/links.ts";
import { logIn, problemIn, send, signToken } from "../../../../tests/support/kms.ts";
import { outbox } from "../../../../tests/support/messages/outbox.ts";

let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const address = () => `${unique()}@example.org`;
const invite = (body: object, as = token) => send(fountain, "POST", "/invitations", { token: as, body });
const accept = (body: object) =>
  send(fountain, "POST", "/invitations/accept", { body: { password: PASSWORD, ...body } });
const listed = async () =>
  (await send(fountain, "GET", "/invitations?limit=200", { token })).json<{ items: { id: string }[] }>();
const newInviter = async (roles: string[]): Promise<string> => {
  const body = { username: unique(), password: PASSWORD, roles };
  return (await (await send(fountain, "POST", "/users", { token, body })).json<{ id: string }>()).id;
};

test("invites by mail, shows no link, and lists and withdraws what is open", async () => {
  const before = (await outbox(fountain)).waiting;
  const email = address();
  const response = await invite({ email, roles: ["editor"] });
  const invitation = await response.json<{ id: string }>();
  expect([response.status, invitation]).toMatchObject([201, { email, roles: ["editor"], username: null }]);
  expect(JSON.stringify(invitation)).not.toMatch(/ftl_|token/);
  expect((await outbox(fountain)).waiting).toBe(before + 1);
  expect((await listed()).items).toContainEqual(invitation);
  expect(
    await (
      await fountain.fetch(String(response.headers.get("location")).replace("/kms", ""), {
        headers: { authorization: `Bearer ${token}` },
      })
    ).json(),
  ).toEqual(invitation);
  const path = `/invitations/${invitation.id}`;
  expect((await send(fountain, "DELETE", path, { token })).status).toBe(204);
  expect((await send(fountain, "DELETE", path, { token })).status).toBe(404);
  expect((await listed()).items).not.toContainEqual(invitation);
});

test("no one invites to more than they may do, or without a second factor", async () => {
  const narrow = await signToken(fountain, { scopes: ["users:admin", "search:read", "sequence:read"] });
  expect((await invite({ email: address(), roles: ["admin"] }, narrow)).status).toBe(403);
  const unstepped = await signToken(fountain, { acr: "aal1" });
  expect((await invite({ email: address() }, unstepped)).status).toBe(401);
  expect(await problemIn(await invite({ email: address(), roles: ["nobody"] }))).toMatchObject({ status: 422 });
});

test("makes a user with the roles and a verified address, who logs in", async () => {
  const [email, username] = [address(), unique()];
  const link = await storeInvitation(fountain, { email, roles: ["editor"], username });
  const response = await accept({ token: link.token });
  expect([response.status, await response.json()]).toMatchObject([
    201,
    { username, email, emailVerified: true, roles: ["editor"] },
  ]);
  expect((await logIn(fountain, username, PASSWORD)).accessToken).toMatch(/^ey/);
  expect(await problemIn(await accept({ token: link.token, username: unique() }))).toMatchObject({
    status: 403,
    code: "link-refused",
  });
});

test("an account that is refused leaves the invitation", async () => {
  const [link, taken] = [await storeInvitation(fountain), unique()];
  expect((await accept({ token: (await storeInvitation(fountain)).token, username: taken })).status).toBe(201);
  const refused = [
    { token: link.token },
    { token: link.token, username: "no blanks" },
    { token: link.token, username: unique(), password: "short" },
    { token: link.token, username: taken.toUpperCase() },
  ];
  const seen = [];
  for (const body of refused) seen.push(await problemIn(await accept(body)));
  expect(seen).toMatchObject([
    { status: 422, pointers: ["#/username"] },
    { status: 422, pointers: ["#/username"] },
    { status: 422, pointers: ["#/password"] },
    { status: 409 },
  ]);
  expect((await accept({ token: link.token, username: unique() })).status).toBe(201);
});

test("of 100 who accept one invitation at once, one has an account", async () => {
  const { token: link } = await storeInvitation(fountain);
  const statuses = await Promise.all(
    Array.from({ length: 100 }, async () => (await accept({ token: link, username: unique() })).status),
  );
  expect(statuses.filter((status) => status === 201)).toHaveLength(1);
  expect(new Set(statuses)).not.toContain(500);
});

test("of two who want one name at once, the other keeps the invitation", async () => {
  const [one, other] = [await storeInvitation(fountain), await storeInvitation(fountain)];
  const username = unique();
  const responses = await Promise.all([one, other].map((link) => accept({ token: link.token, username })));
  expect(responses.map(({ status }) => status).toSorted()).toEqual([201, 409]);
  const kept = responses[0]?.status === 409 ? one : other;
  expect((await accept({ token: kept.token, username: unique() })).status).toBe(201);
});

test("is worth nothing once the inviter lost the rights, is locked, or is gone", async () => {
  const inviters = await Promise.all([["admin"], ["admin"], ["admin"]].map(newInviter));
  const links = [];
  for (const createdBy of inviters) links.push(await storeInvitation(fountain, { createdBy, roles: ["editor"] }));
  const [demoted, locked, erased] = inviters;
  await send(fountain, "PUT", `/users/${demoted}/roles`, { token, body: { roles: ["user"] } });
  await send(fountain, "POST", `/users/${locked}/lock`, { token });
  expect((await send(fountain, "DELETE", `/users/${erased}`, { token })).status).toBe(204);
  for (const link of links) expect((await accept({ token: link.token, username: unique() })).status).toBe(403);
});
