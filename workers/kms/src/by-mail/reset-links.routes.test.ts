import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
  token = await signToken(fountain, { subject: (await newUser(["admin"])).id });
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

describe("a link that was handed out is worth nothing", () => {
  const tokenOf = async (response: Response) => new URL(Object(await response.json()).url).searchParams.get("token");
  const reset = async (link: string | null) =>
    (await send(fountain, "POST", "/password/reset", { body: { token: link, newPassword: NEW_PASSWORD } })).status;
  const put = (path: string, body: unknown, as = token) => send(fountain, "PUT", path, { token: as, body });
  /** Someone who may have links made, for users who may do no more. */
  const newHelper = async () => {
    await put("/roles/helper", { permissions: ["users:admin", "sequence:read", "search:read"] });
    const { id } = await newUser(["helper"]);
    return {
      id,
      as: await signToken(fountain, { subject: id, scopes: ["users:admin", "sequence:read", "search:read"] }),
    };
  };

  test("once its user may do more than its author", async () => {
    const [helper, user] = [await newHelper(), await newUser()];
    const link = await tokenOf(await create(user.id, helper.as));
    expect((await put(`/users/${user.id}/roles`, { roles: ["admin"] })).status).toBe(200);
    expect(await reset(link)).toBe(403);
    await expect(logIn(fountain, user.username, NEW_PASSWORD)).rejects.toThrow();
    expect((await put(`/users/${user.id}/roles`, { roles: ["user"] })).status).toBe(200);
    expect(await reset(link)).toBe(204);
  });

  test("once its author is locked, has lost the right, or is gone", async () => {
    for (const end of ["lock", "roles", "erase"]) {
      const [helper, user] = [await newHelper(), await newUser()];
      const link = await tokenOf(await create(user.id, helper.as));
      if (end === "lock") await send(fountain, "POST", `/users/${helper.id}/lock`, { token });
      if (end === "roles") await put(`/users/${helper.id}/roles`, { roles: ["user"] });
      if (end === "erase") await send(fountain, "DELETE", `/users/${helper.id}`, { token });
      expect(await reset(link), end).toBe(403);
    }
  });

  test("once there is a later one, and once its user was locked, even if they are not any more", async () => {
    const [user, author] = [await newUser(), await newHelper()];
    const first = await tokenOf(await create(user.id, author.as));
    const second = await tokenOf(await create(user.id, author.as));
    expect(await reset(first)).toBe(403);
    await send(fountain, "POST", `/users/${user.id}/lock`, { token });
    expect((await send(fountain, "POST", `/users/${user.id}/unlock`, { token })).status).toBe(200);
    expect(await reset(second)).toBe(403);
  });

  test("once its user has chosen another password", async () => {
    const [user, author] = [await newUser(), await newHelper()];
    const link = await tokenOf(await create(user.id, author.as));
    const elevated = await signToken(fountain, { subject: user.id, roles: ["user"] });
    const body = { currentPassword: PASSWORD, newPassword: "yet another long enough password" };
    const changed = await put("/me/password", body, elevated);
    expect(changed.status, await changed.text()).toBe(204);
    expect(await reset(link)).toBe(403);
  });
});
