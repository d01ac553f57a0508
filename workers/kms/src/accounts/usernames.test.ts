/** Names of accounts over HTTP: which can be had, and what a user may type to log in. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { problemIn, send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { REGISTRATION: "open" } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const register = (username: string): Promise<Response> =>
  send(fountain, "POST", "/register", { body: { username, password: PASSWORD } });

const create = (username: string): Promise<Response> =>
  send(fountain, "POST", "/users", { token, body: { username, password: PASSWORD } });

test.each([
  ["that is the administrator's in another case", "ADMIN", 409],
  ["that looks like the administrator's", "adrnin", 409],
  ["that looks like the administrator's in Cyrillic", "\u0430\u0501\u043c\u0456\u043f", 409],
  ["with a Cyrillic letter", "\u0430dmin", 422],
  ["with a filler behind", "admin\u115f", 422],
  ["of a filler alone", "\u3164", 422],
  ["with a variation selector", "admin\ufe0f", 422],
  ["with a selector of another plane", "admin\u{e0100}", 422],
  ["with a grapheme joiner", "ad\u034fmin", 422],
  ["with a mark of a script that shows nothing", "admin\u17b4", 422],
  ["with blanks around", " admin ", 422],
])("refuses a name %s, to strangers and to administrators", async (_, username, status) => {
  for (const response of [await register(username), await create(username)]) expect(response.status).toBe(status);
});

test("says of a name that looks like another what it says of one that is taken", async () => {
  const [taken, alike] = [await problemIn(await register("admin")), await problemIn(await register("adrnin"))];
  expect(alike).toEqual(taken);
  expect(taken).toMatchObject({ status: 409, code: "conflict" });
});

test("gives one of two names that look alike, however many ask at once", async () => {
  const names = ["paul-w", "pauI-w", "pau1-w", "PAUL-W"];
  const statuses = (await Promise.all(names.map(register))).map(({ status }) => status);
  expect(statuses.toSorted()).toEqual([201, 409, 409, 409]);
});

test("takes the two capital forms of ß for one name", async () => {
  expect((await register("weiß-1623")).status).toBe(201);
  for (const same of ["WEIẞ-1623", "WEISS-1623", "weiss-1623"]) expect((await register(same)).status).toBe(409);
});

test("lets a user in, and counts them, whatever blanks are around the name", async () => {
  const username = `user-${crypto.randomUUID().slice(0, 8)}`;
  expect((await register(username)).status).toBe(201);
  const logIn = (typed: string, password: string) =>
    send(fountain, "POST", "/login", { body: { username: typed, password } });
  expect((await logIn(` ${username}\n`, PASSWORD)).status).toBe(200);
  for (const typed of [username, ` ${username}`, `${username}\t`, `\u00a0${username}`, username.toUpperCase()])
    expect((await logIn(typed, "not the password")).status).toBe(401);
  expect((await logIn(username, PASSWORD)).status).toBe(429);
});

test("reveals to no one whose an email address is", async () => {
  const email = "taken@example.com";
  const bodies = [];
  for (const username of ["mail-one", "mail-two"]) {
    const registered = await send(fountain, "POST", "/register", { body: { username, email, password: PASSWORD } });
    expect(registered.status).toBe(201);
    bodies.push(Object.keys(Object(await registered.json())));
  }
  expect(bodies[0]).toEqual(bodies[1]);
});

test.each(["ad\u200bmin", "\u3164", "key\ufe0f", "yek\u202e", "\u2800"])(
  "refuses %j as the name of a key",
  async (name) => {
    await send(fountain, "POST", "/services", { token, body: { name: "names", scopes: ["search:read"] } });
    const refused = await problemIn(await send(fountain, "POST", "/keys", { token, body: { service: "names", name } }));
    expect(refused).toMatchObject({ status: 422, pointers: ["#/name"] });
  },
);

test("takes a key's name as people write it", async () => {
  await send(fountain, "POST", "/services", { token, body: { name: "emoji", scopes: ["search:read"] } });
  const made = await send(fountain, "POST", "/keys", { token, body: { service: "emoji", name: "👩‍👩‍👧 Büro №5" } });
  expect(await made.json()).toMatchObject({ name: "👩‍👩‍👧 Büro №5" });
});
