import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
/** A change is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { STEP_UP_FOR_ROLES: "auditor" } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const putRole = (name: string, permissions: string[]): Promise<Response> =>
  send(fountain, "PUT", `/roles/${name}`, { token, body: { permissions } });
const remove = (name: string, as = token): Promise<Response> =>
  send(fountain, "DELETE", `/roles/${name}`, { token: as });
const createUser = async (...roles: string[]): Promise<{ id: string; username: string }> => {
  const body = { username: `user-${crypto.randomUUID().slice(0, 8)}`, password: PASSWORD, roles };
  return (await send(fountain, "POST", "/users", { token, body })).json();
};
const rolesOf = async (id: string): Promise<unknown> =>
  Object(await (await send(fountain, "GET", `/users/${id}`, { token })).json()).roles;

test("is lost at once by all who have it, and no new role of its name comes with holders", async () => {
  await putRole("keeper", ["keys:read"]);
  const { id, username } = await createUser("user", "keeper");
  const { accessToken, refreshToken } = await logIn(fountain, username, PASSWORD);
  expect((await send(fountain, "GET", "/keys", { token: accessToken })).status).toBe(200);
  expect((await remove("keeper")).status).toBe(204);
  expect(await rolesOf(id)).toEqual(["user"]);
  await vi.waitFor(
    async () => expect((await send(fountain, "GET", "/keys", { token: accessToken })).status).toBe(401),
    KNOWN_WITHIN,
  );
  await putRole("keeper", ["keys:read"]);
  const response = await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken });
  expect(decodeJwt(tokensSchema.parse(await response.json()).access_token)["roles"]).toEqual(["user"]);
});

test("is deleted once, and refused where it does not exist", async () => {
  await putRole("passing", ["keys:read"]);
  const responses = await Promise.all([remove("passing"), remove("passing")]);
  expect(responses.map(({ status }) => status).toSorted()).toEqual([204, 404]);
  expect((await remove("passing")).status).toBe(404);
});

test("remains where it is built in, demands a second factor by the settings, or grants more than its remover has", async () => {
  for (const name of ["admin", "auditor", "editor", "user"])
    expect(await problemIn(await remove(name)), name).toMatchObject({ status: 409, code: "conflict" });
  await putRole("strong", ["secrets:read"]);
  const narrow = await signToken(fountain, { scopes: ["users:admin"] });
  expect((await remove("strong", narrow)).status).toBe(403);
  const listed = await (await send(fountain, "GET", "/roles", { token })).json<{ items: { name: string }[] }>();
  expect(listed.items.map(({ name }) => name)).toEqual(expect.arrayContaining(["auditor", "strong"]));
});

test("is given to no one while it is being deleted", async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id } = await createUser("user");
    await putRole("fleeting", ["keys:read"]);
    const body = { roles: ["user", "fleeting"] };
    await Promise.all([send(fountain, "PUT", `/users/${id}/roles`, { token, body }), remove("fleeting")]);
    expect(await rolesOf(id)).toEqual(["user"]);
  }
});
