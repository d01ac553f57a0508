import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, send, signToken } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms", settings: { REGISTRATION: "open" } });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const read = async (path: string, as = token): Promise<Record<string, unknown>> =>
  Object(await (await send(fountain, "GET", path, { token: as })).json());

const create = async (username: string, email?: string): Promise<string> => {
  const created = await send(fountain, "POST", "/users", { token, body: { username, email, password: PASSWORD } });
  expect(created.status).toBe(201);
  return String(Object(await created.json()).id);
};

const namesIn = ({ items }: Record<string, unknown>): unknown[] =>
  Array.isArray(items) ? items.map((item: unknown) => Object(item).username) : [];

/** Every value of every row of every table. */
const everything = async (): Promise<string> => {
  const client = fountain.databases["kms"];
  const tables = await client?.execute("SELECT name FROM sqlite_master WHERE type = 'table'");
  const texts: string[] = [];
  for (const { name } of tables?.rows ?? []) {
    const { rows } = (await client?.execute(`SELECT * FROM "${String(name)}"`)) ?? { rows: [] };
    texts.push(...rows.flatMap((row) => Object.values({ ...row }).map(String)));
  }
  return texts.join("\n").toLowerCase();
};

test("are shown to their owner and to administrators, and to no one who copies the database", async () => {
  const email = "Jane.Moneypenny@Example.com";
  const id = await create("jane", email);
  await send(fountain, "POST", "/register", {
    body: { username: "bond", email: "bond@example.net", password: PASSWORD },
  });
  const { accessToken } = await logIn(fountain, "jane", PASSWORD);
  expect(await read("/me", accessToken)).toMatchObject({ email });
  expect(await read(`/users/${id}`)).toMatchObject({ email });
  expect(JSON.stringify(await read("/users"))).toContain("bond@example.net");

  const stored = await everything();
  expect(stored).toContain("jane");
  for (const part of [email, "moneypenny", "example.com", "example.net"])
    for (const form of [part, Buffer.from(part).toString("base64url"), Buffer.from(part).toString("hex")])
      expect(stored).not.toContain(form.toLowerCase());
});

test("are found whole and in whatever case, names by a part", async () => {
  await create("search-one", "both@example.org");
  await create("search-two", "both@example.org");
  await create("search-other", "boths@example.org");
  expect(namesIn(await read("/users?search=Both%40EXAMPLE.org"))).toEqual(["search-one", "search-two"]);
  expect(namesIn(await read("/users?search=both%40example"))).toEqual([]);
  expect(namesIn(await read("/users?search=SEARCH-"))).toEqual(["search-one", "search-other", "search-two"]);
  expect(namesIn(await read("/users?search=%25"))).toEqual([]);
  expect(namesIn(await read("/users?search=%20"))).toEqual([]);
  const { items, next } = await read("/users?search=search-&limit=2");
  expect(items).toHaveLength(2);
  expect(namesIn(await read(`/users?search=search-&limit=2&after=${next}`))).toEqual(["search-two"]);
});

test("do not open in another user's row", async () => {
  const [mine, theirs] = [await create("mine", "mine@example.com"), await create("theirs", "theirs@example.com")];
  const sql = "UPDATE users SET sealed_email = (SELECT sealed_email FROM users WHERE id = ?) WHERE id = ?";
  await fountain.databases["kms"]?.execute({ sql, args: [theirs, mine] });
  const moved = await send(fountain, "GET", `/users/${mine}`, { token });
  expect(moved.status).toBe(500);
  expect(await moved.text()).not.toContain("example.com");
  expect(await read(`/users/${theirs}`)).toMatchObject({ email: "theirs@example.com" });
  await fountain.databases["kms"]?.execute({ sql: "UPDATE users SET sealed_email = NULL WHERE id = ?", args: [mine] });
});

test("stay readable when the root key has changed", async () => {
  const id = await create("rotated", "rotated@example.com");
  expect((await send(fountain, "POST", "/root-key/rotate", { token })).status).toBe(200);
  await fountain.runScheduled("kms");
  expect(await read(`/users/${id}`)).toMatchObject({ email: "rotated@example.com" });
  expect(namesIn(await read("/users?search=rotated%40example.com"))).toEqual(["rotated"]);
});
