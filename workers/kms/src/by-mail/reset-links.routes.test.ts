import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { PASSWORD, unique } from "../../../../tests/support/kms/arrangements.ts";
import { logIn, send, signToken } from "../../../../tests/support/kms.ts";
import { outbox } from "../../../../tests/support/messages/outbox.ts";

const NEW_PASSWORD = "another long enough password";

let fountain: Fountain;
let token: string;
beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const newUser = async (roles = ["user"]) => {
  const username = unique();
  const body = { username, password: PASSWORD, email: `${username}@example.org`, roles };
  return { ...(await (await send(fountain, "POST", "/users", { token, body })).json<{ id: string }>()), username };
};
const create = (id: string, as = token) => send(fountain, "POST", `/users/${id}/reset-link`, { token: as });

test("shows a link once, notifies the user, and sets a password by it, once", async () => {
  const { id, username } = await newUser();
  const before = (await outbox(fountain)).waiting;
  const response = await create(id);
  const { url, expiresAt } = await response.json<{ url: string; expiresAt: string }>();
  expect(response.status).toBe(200);
  expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  expect((await outbox(fountain)).waiting).toBe(before + 1);
  const link = new URL(url);
  expect(link.pathname).toBe("/account/reset");
  const body = { token: link.searchParams.get("token"), newPassword: NEW_PASSWORD };
  expect((await send(fountain, "POST", "/password/reset", { body })).status).toBe(204);
  expect((await send(fountain, "POST", "/password/reset", { body })).status).toBe(403);
  expect((await logIn(fountain, username, NEW_PASSWORD)).accessToken).toMatch(/^ey/);
});

test("is refused for users who may do more, without a second factor, and for locked and unknown users", async () => {
  const narrow = await signToken(fountain, { scopes: ["users:admin", "search:read", "sequence:read"] });
  const unstepped = await signToken(fountain, { acr: "aal1" });
  const [administrator, user] = [await newUser(["admin"]), await newUser()];
  expect((await create(administrator.id, narrow)).status).toBe(403);
  expect((await create(user.id, narrow)).status).toBe(200);
  expect((await create(user.id, unstepped)).status).toBe(401);
  expect((await create("nobody")).status).toBe(404);
  await send(fountain, "POST", `/users/${user.id}/lock`, { token });
  expect((await create(user.id)).status).toBe(409);
});
