import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let open: Fountain;
let closed: Fountain;

beforeAll(async () => {
  [open, closed] = await Promise.all([
    startFountain({ front: "kms", settings: { REGISTRATION: "open" } }),
    startFountain({ front: "kms" }),
  ]);
});
afterAll(() => Promise.all([open?.stop(), closed?.stop()]));

const register = (fountain: Fountain, body: unknown): Promise<Response> =>
  send(fountain, "POST", "/register", { body });

test("refuses registration unless it is open", async () => {
  const refused = await problemIn(await register(closed, { username: "ann", password: PASSWORD }));
  expect(refused).toMatchObject({ status: 403, code: "forbidden" });
  const found = await closed.databases["kms"]?.execute("SELECT COUNT(*) AS n FROM users");
  expect(Number(found?.rows[0]?.["n"])).toBe(1);
});

test("registers a user who can log in", async () => {
  const response = await register(open, { username: "ann", password: PASSWORD });
  expect(response.status).toBe(201);
  expect(await response.json()).toMatchObject({ username: "ann", roles: ["user"] });
  expect((await logIn(open, "ann", PASSWORD)).accessToken).toBeTruthy();
});

test("never lets a caller choose their roles", async () => {
  const refused = await problemIn(await register(open, { username: "mallory", password: PASSWORD, roles: ["admin"] }));
  expect(refused).toMatchObject({ status: 422, pointers: ["#/roles"] });
  const response = await register(open, { username: "mallory", password: PASSWORD });
  expect(await response.json()).toMatchObject({ roles: ["user"] });
  const { accessToken } = await logIn(open, "mallory", PASSWORD);
  expect((await send(open, "GET", "/users", { token: accessToken })).status).toBe(403);
});

test("returns 409 to a username that is taken", async () => {
  expect((await register(open, { username: "ADMIN", password: PASSWORD })).status).toBe(409);
});

test("points at every field that is not accepted", async () => {
  const refused = await problemIn(await register(open, { username: "a b", password: "short" }));
  expect(refused).toMatchObject({ status: 422, pointers: ["#/username", "#/password"] });
});
