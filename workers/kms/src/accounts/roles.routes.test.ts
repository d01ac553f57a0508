import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SCOPES } from "#shared/contracts/rights.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { logIn, problemIn, send, sendForm, signToken, tokensSchema } from "../../../../tests/support/kms.ts";

const PASSWORD = "a long enough password";
/** A change is known everywhere within five seconds. */
const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };

let fountain: Fountain;
let token: string;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
  token = await signToken(fountain);
});
afterAll(() => fountain?.stop());

const createUser = async (...roles: string[]): Promise<{ id: string; username: string }> => {
  const body = { username: `user-${crypto.randomUUID().slice(0, 8)}`, password: PASSWORD, roles };
  return (await send(fountain, "POST", "/users", { token, body })).json();
};

/** A user who never logs in with their password: hashing is slow. */
const insertUser = async (...roles: string[]): Promise<{ id: string }> => {
  const id = crypto.randomUUID();
  await fountain.databases["kms"]?.execute({
    sql: "INSERT INTO users (id, username, username_key, username_skeleton, password_hash, roles, created_at) VALUES (?, ?, ?, ?, '', ?, 0)",
    args: [id, id, id, id, JSON.stringify(roles)],
  });
  return { id };
};

const setRoles = (id: string, roles: string[], as = token): Promise<Response> =>
  send(fountain, "PUT", `/users/${id}/roles`, { token: as, body: { roles } });

const putRole = (name: string, permissions: string[], as = token): Promise<Response> =>
  send(fountain, "PUT", `/roles/${name}`, { token: as, body: { permissions } });

const refresh = async (refreshToken: string) => {
  const response = await sendForm(fountain, { grant_type: "refresh_token", refresh_token: refreshToken });
  return { status: response.status, tokens: tokensSchema.safeParse(await response.json()).data };
};

const countAdministrators = async (): Promise<number> => {
  const result = await fountain.databases["kms"]?.execute(
    "SELECT COUNT(*) AS n FROM users WHERE locked_at IS NULL AND EXISTS (SELECT 1 FROM json_each(roles) WHERE value = 'admin')",
  );
  return Number(result?.rows[0]?.["n"]);
};

describe("the roles", () => {
  test("of a new installation are those of the contract", async () => {
    const listed = await (await send(fountain, "GET", "/roles", { token })).json<{
      items: { name: string; permissions: string[] }[];
      next: null;
    }>();
    const roles = Object.fromEntries(listed.items.map(({ name, permissions }) => [name, permissions.toSorted()]));
    expect(roles).toMatchObject({
      auditor: ["audit:read", "keys:read"],
      editor: ["search:read", "search:write", "sequence:read", "sequence:write"],
      user: ["search:read", "sequence:read"],
    });
    expect(roles["admin"]).toEqual(SCOPES.toSorted());
    expect(listed.next).toBeNull();
  });

  test("can be made and changed, each permission once and in one order", async () => {
    const made = await putRole("operator", ["keys:write", "keys:read", "keys:write"]);
    expect([made.status, await made.json()]).toEqual([
      200,
      { name: "operator", permissions: ["keys:read", "keys:write"] },
    ]);
    expect((await putRole("operator", [])).status).toBe(200);
  });

  test("refuse a name, a permission or a change that makes no sense", async () => {
    expect((await putRole("No%20Name", [])).status).toBe(422);
    expect(await problemIn(await putRole("operator", ["everything"]))).toMatchObject({
      status: 422,
      pointers: ["#/permissions/0"],
    });
    expect(await problemIn(await putRole("admin", ["keys:read"]))).toMatchObject({ status: 409, code: "conflict" });
  });

  test("grant nothing that their editor lacks", async () => {
    const narrow = await signToken(fountain, { scopes: ["users:admin", "keys:read"] });
    expect((await putRole("operator", ["secrets:read"], narrow)).status).toBe(403);
    expect((await putRole("operator", ["keys:read"], narrow)).status).toBe(200);
    expect((await putRole("auditor", ["keys:read"], narrow)).status).toBe(403);
  });
});

describe("a user's roles", () => {
  test("are replaced, each once", async () => {
    const { id } = await insertUser("user");
    const changed = await setRoles(id, ["editor", "auditor", "editor"]);
    expect(await changed.json()).toMatchObject({ id, roles: ["editor", "auditor"] });
  });

  test("must exist, and be no more than one may do oneself", async () => {
    const { id } = await insertUser("user");
    expect(await problemIn(await setRoles(id, ["user", "emperor"]))).toMatchObject({
      status: 422,
      pointers: ["#/roles/1"],
    });
    expect((await setRoles(id, [])).status).toBe(422);
    expect((await setRoles("unknown", ["user"])).status).toBe(404);
    const narrow = await signToken(fountain, { scopes: ["users:admin", "search:read", "sequence:read"] });
    expect((await setRoles(id, ["admin"], narrow)).status).toBe(403);
  });

  test("cannot be taken from a user who may do more than the caller", async () => {
    const { id } = await insertUser("admin");
    const narrow = await signToken(fountain, { scopes: ["users:admin", "search:read", "sequence:read"] });
    expect((await setRoles(id, ["user"], narrow)).status).toBe(403);
    expect((await send(fountain, "POST", `/users/${id}/lock`, { token: narrow })).status).toBe(403);
  });

  test("void the access tokens of their user when they change, and the session continues with the new rights", async () => {
    const { id, username } = await createUser("admin");
    const { accessToken, refreshToken } = await logIn(fountain, username, PASSWORD);
    await setRoles(id, ["user"]);
    await vi.waitFor(
      async () => expect((await send(fountain, "GET", "/users", { token: accessToken })).status).toBe(401),
      KNOWN_WITHIN,
    );
    // A token says in whole seconds when it was issued: those of the second of the change are void too.
    await vi.waitFor(async () => {
      const { tokens } = await refresh(refreshToken);
      expect(tokens?.scope).toBe("sequence:read search:read");
      expect(decodeJwt(tokens?.access_token ?? "")["roles"]).toEqual(["user"]);
      expect((await send(fountain, "GET", "/me", { token: tokens?.access_token })).status).toBe(200);
    }, KNOWN_WITHIN);
  });
});

test("a role that loses a permission voids the access tokens of all who have it, and of no one else", async () => {
  await putRole("reader", ["keys:read", "search:read"]);
  const [reader, other] = [await createUser("reader"), await insertUser("auditor")];
  const readers = await logIn(fountain, reader.username, PASSWORD);
  const others = await signToken(fountain, { subject: other.id, roles: ["auditor"], scopes: ["keys:read"] });
  expect((await send(fountain, "GET", "/keys", { token: readers.accessToken })).status).toBe(200);
  await putRole("reader", ["search:read"]);
  await vi.waitFor(
    async () => expect((await send(fountain, "GET", "/keys", { token: readers.accessToken })).status).toBe(401),
    KNOWN_WITHIN,
  );
  expect((await send(fountain, "GET", "/keys", { token: others })).status).toBe(200);
  expect((await refresh(readers.refreshToken)).tokens?.scope).toBe("search:read");
});

test("a new role voids no token, because no one had a right that it took", async () => {
  const noted = async () =>
    (
      await fountain.databases["kms"]?.execute(
        "SELECT COUNT(*) AS n FROM rights_changes WHERE holder = 'role:brand-new'",
      )
    )?.rows[0]?.["n"];
  await putRole("brand-new", ["search:read"]);
  expect(await noted()).toBe(0);
  await putRole("brand-new", []);
  expect(await noted()).toBe(1);
});

test("a change that changes nothing voids nothing, and has no audit entry", async () => {
  await putRole("steady", ["keys:read"]);
  const { rows } = (await fountain.databases["kms"]?.execute("SELECT * FROM rights_changes")) ?? { rows: [] };
  const entries = async () =>
    Number(
      (
        await fountain.databases["kms"]?.execute(
          "SELECT COUNT(*) AS n FROM audit_entries WHERE action = 'role.change' AND target = 'steady'",
        )
      )?.rows[0]?.["n"],
    );
  const before = await entries();
  await putRole("steady", ["keys:read"]);
  expect((await fountain.databases["kms"]?.execute("SELECT * FROM rights_changes"))?.rows).toEqual(rows);
  expect(await entries()).toBe(before);
});

test("a new role has no name that looks like another's, which the response names", async () => {
  expect((await putRole("cutter", ["keys:read"])).status).toBe(200);
  for (const [name, other] of [
    ["admln", "admin"],
    ["adrnin", "admin"],
    ["edit0r", "editor"],
    ["aud1tor", "auditor"],
  ] as const)
    expect(await problemIn(await putRole(name, ["keys:read"]))).toMatchObject({
      status: 409,
      detail: `This name looks like ${other}, which exists. Choose another one.`,
    });
  expect((await putRole("cutter", ["keys:read", "search:read"])).status).toBe(200);
});

describe("the last administrator", () => {
  test("remains, whichever of two deposes the other first", async () => {
    const administrators = await fountain.databases["kms"]?.execute("SELECT id FROM users WHERE roles LIKE '%admin%'");
    const ids = (administrators?.rows ?? []).map((row) => String(row["id"]));
    for (const id of ids.slice(1)) await setRoles(id, ["user"]);
    const first = ids[0] ?? "";
    for (let round = 0; round < 5; round += 1) {
      const second = await insertUser("admin");
      const responses = await Promise.all([setRoles(first, ["user"]), setRoles(second.id, ["user"])]);
      expect(responses.map(({ status }) => status).toSorted()).toEqual([200, 409]);
      expect(await countAdministrators()).toBe(1);
      await setRoles(first, ["admin"]);
      await setRoles(second.id, ["user"]);
    }
    expect(await problemIn(await setRoles(first, ["user"]))).toMatchObject({ status: 409, code: "conflict" });
  });

  test("cannot be locked, nor deposed when the only other one is", async () => {
    const administrators = await fountain.databases["kms"]?.execute("SELECT id FROM users WHERE roles LIKE '%admin%'");
    const first = String(administrators?.rows[0]?.["id"]);
    expect((await send(fountain, "POST", `/users/${first}/lock`, { token })).status).toBe(409);
    const second = await insertUser("admin");
    expect((await send(fountain, "POST", `/users/${second.id}/lock`, { token })).status).toBe(200);
    expect((await setRoles(first, ["user"])).status).toBe(409);
    expect(await countAdministrators()).toBe(1);
  });
});

test("a change of rights is forgotten when no token can have been issued before it any more", async () => {
  const old = Date.now() - 62 * 60_000;
  for (const [holder, at] of [
    ["user:long-ago", old],
    ["user:just-now", Date.now()],
  ] as const)
    await fountain.databases["kms"]?.execute({ sql: "INSERT INTO rights_changes VALUES (?, ?)", args: [holder, at] });
  await fountain.runScheduled("kms");
  const result = await fountain.databases["kms"]?.execute(
    "SELECT holder FROM rights_changes WHERE holder IN ('user:long-ago', 'user:just-now')",
  );
  expect(result?.rows.map((row) => row["holder"])).toEqual(["user:just-now"]);
});
