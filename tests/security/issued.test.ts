/** Whatever Fountain issues is accepted where it is meant for: the largest that can be made of everything is made, and used. */
import { decodeJwt } from "jose";
import { generate } from "otplib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MAX_TOKEN_CHARACTERS } from "../../shared/contracts/access-token.ts";
import { MAX_PURPOSE_PATH_CHARACTERS } from "../../shared/contracts/purpose.ts";
import { MAX_SCOPE_LIST_CHARACTERS, SCOPES } from "../../shared/contracts/rights.ts";
import { type Answer, caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { type Mint, openMint } from "../support/mint.ts";

const TOKEN_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token";
const PASSWORD = `${"the longest password there is, ".repeat(40)}${"x".repeat(1_024)}`.slice(0, 1_024);
const MAX_ROLES = 32;
/** 64 characters, of which each has five bytes in the form that names are compared and listed in. */
const usernameOf = (first: string): string => first + "ᾀ".repeat(63);
const SERVICE = "s".repeat(64);
/** The longest issuer, and signatures of the longest kind. */
const SETTINGS = {
  PUBLIC_URL: `http://localhost:8787/${"u".repeat(255 - "http://localhost:8787/".length)}`,
  JWT_ALG: "RS256",
};

let fountain: Fountain;
let mint: Mint;
let administrator: Headers;
const call = caller(() => fountain);
const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${token}` });
const roleName = (index: number): string => `r${String(index).padStart(31, "0")}`;
const ROLES = Array.from({ length: MAX_ROLES }, (_, index) => roleName(index));

/** Scopes of exactly so many characters together, with these among them. */
const scopesOf = (length: number, ...some: string[]): string[] => {
  const list = [...some];
  const spare = (): number => length - list.join(" ").length - 1;
  for (let index = 0; spare() > 250; index += 1) list.push(`secrets:read:${index}/${"n".repeat(200)}/*`);
  return [...list, `secrets:read:last/${"n".repeat(spare() - "secrets:read:last/".length)}`];
};

const form = async (path: string, parameters: Record<string, string>, headers: Headers = {}): Promise<Answer> =>
  call(
    "POST",
    path,
    { ...headers, "content-type": "application/x-www-form-urlencoded" },
    new URLSearchParams(parameters).toString(),
  );

const errorAt = (answer: Answer, pointer: string): string =>
  Object(answer.body["errors"]).find((error: { pointer: string }) => error.pointer === pointer)?.detail;

/** That the token is taken by every worker and endpoint that takes tokens. */
const assertAccepted = async (token: unknown, paths: readonly string[]): Promise<void> => {
  expect(String(token).length).toBeLessThanOrEqual(MAX_TOKEN_CHARACTERS);
  for (const path of paths) expect((await call("GET", path, bearer(token))).status, path).toBe(200);
  const introspected = await form("/kms/introspect", { token: String(token) }, bearer(token));
  expect(introspected.body).toMatchObject({ active: true });
};

beforeAll(async () => {
  fountain = await startFountain({ settings: SETTINGS });
  await call("GET", "/.well-known/jwks.json");
  mint = await openMint(fountain);
  const claims = { iss: SETTINGS.PUBLIC_URL, scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] };
  administrator = bearer(await mint.sign(claims));
  for (const name of ROLES)
    expect((await call("PUT", `/kms/roles/${name}`, administrator, { permissions: SCOPES })).status).toBe(200);
}, 60_000);
afterAll(() => fountain?.stop());

describe("a user with the longest name, password and most roles", () => {
  let login: Answer;
  let userId: string;
  beforeAll(async () => {
    const account = {
      username: usernameOf("α"),
      password: PASSWORD,
      email: `a@${"e".repeat(60)}.example`,
      roles: ROLES,
    };
    const created = await call("POST", "/kms/users", administrator, account);
    expect(created.status, created.text).toBe(201);
    userId = String(created.body["id"]);
    login = await call("POST", "/kms/login", {}, { username: usernameOf("α"), password: PASSWORD });
    expect(login.status, login.text).toBe(200);
  });

  test("gets tokens that every worker takes", async () => {
    const token = login.body["access_token"];
    expect(decodeJwt(String(token))["roles"]).toHaveLength(MAX_ROLES);
    await assertAccepted(token, ["/kms/me", "/twofa/factors", "/search/status", "/service-a/elements"]);
  });

  test("can have no more roles, and is told so", async () => {
    const roles = [...ROLES, "user"];
    const more = await call("PUT", `/kms/users/${userId}/roles`, administrator, { roles });
    expect([more.status, errorAt(more, "#/roles")]).toEqual([422, expect.stringContaining(String(MAX_ROLES))]);
    const account = { username: "more", password: PASSWORD, roles };
    const created = await call("POST", "/kms/users", administrator, account);
    expect([created.status, errorAt(created, "#/roles")]).toEqual([422, expect.stringContaining(String(MAX_ROLES))]);
  });

  test("narrows a token to the longest list of scopes, which is raised, and confirms the longest request", async () => {
    const scope = scopesOf(MAX_SCOPE_LIST_CHARACTERS, "keys:write", "keys:read").join(" ");
    const refresh = { grant_type: "refresh_token", refresh_token: String(login.body["refresh_token"]) };
    const tooLong = await form("/kms/token", { ...refresh, scope: `${scope}x` });
    expect(tooLong.body).toMatchObject({ error: "invalid_scope", error_description: expect.stringContaining("2048") });
    const refreshed = await form("/kms/token", { ...refresh, scope });
    expect(refreshed.status, refreshed.text).toBe(200);
    const narrow = refreshed.body["access_token"];
    await assertAccepted(narrow, ["/kms/me", "/twofa/factors"]);

    // Without a factor, a token that says so goes on with the request.
    const [path = ""] = scope.split(" ").slice(-1);
    const written = path.slice("secrets:read:".length);
    expect((await call("PUT", `/kms/secrets/${written}`, administrator, { value: "x" })).status).toBe(201);
    expect((await call("GET", `/kms/secrets/${written}`, bearer(narrow))).status).toBe(200);

    // A narrowed token enrols no factor, but passes one.
    const whole = bearer(login.body["access_token"]);
    const enrolled = await call("POST", "/twofa/factors/totp", whole);
    const proof = {
      factorId: enrolled.body["factorId"],
      code: await generate({ secret: String(enrolled.body["secret"]) }),
    };
    const { body: confirmed } = await call("POST", "/twofa/factors/totp/confirm", whole, proof);
    const codes: string[] = Object(confirmed["recoveryCodes"]);

    const raised = await call("POST", "/twofa/auth/verify", bearer(narrow), { recoveryCode: codes[0] });
    expect(raised.status, raised.text).toBe(200);
    await assertAccepted(raised.body["access_token"], ["/kms/me", "/twofa/factors"]);

    const begin = `/kms/keys/${"k".repeat(250)}/`;
    const longest = begin + "k".repeat(MAX_PURPOSE_PATH_CHARACTERS - begin.length);
    const purposeOf = (target: string) => ({ method: "DELETE", path: target, bodySha256: "A".repeat(43) });
    const once = { recoveryCode: codes[1], purpose: purposeOf(longest) };
    const granted = await call("POST", "/twofa/auth/verify", bearer(narrow), once);
    expect(granted.status, granted.text).toBe(200);
    expect(String(granted.body["access_token"]).length).toBeLessThanOrEqual(MAX_TOKEN_CHARACTERS);
    const other = await call("DELETE", longest, bearer(granted.body["access_token"]));
    // Admitted, but for the body that it was given for.
    expect([other.status, other.body["code"]]).toEqual([401, "step-up-required"]);
    const any = { recoveryCode: codes[2], purpose: { method: "DELETE", path: longest } };
    const { body: grant } = await call("POST", "/twofa/auth/verify", bearer(narrow), any);
    expect((await call("DELETE", longest, bearer(grant["access_token"]))).status).toBe(404);

    const beyond = await call("POST", "/twofa/auth/verify", bearer(narrow), {
      recoveryCode: codes[3],
      purpose: purposeOf(`${longest}k`),
    });
    expect([beyond.status, errorAt(beyond, "#/purpose/path")]).toEqual([422, expect.stringContaining("512")]);
    const encoded = await call("POST", "/twofa/auth/verify", bearer(narrow), {
      recoveryCode: codes[3],
      purpose: purposeOf(`/kms/keys/${"鍵".repeat(60)}`),
    });
    expect([encoded.status, errorAt(encoded, "#/purpose/path")]).toEqual([422, expect.stringContaining("512")]);
    const withCode = await call("DELETE", `${longest}k`, { ...bearer(narrow), "x-otp": "123456" });
    expect([withCode.status, withCode.body["detail"]]).toEqual([422, expect.stringContaining("512")]);
  });
});

describe("a service with the longest name and list of scopes", () => {
  const scopes = scopesOf(MAX_SCOPE_LIST_CHARACTERS, "search:read", "sequence:read");
  const [last = ""] = scopes.slice(-1);
  const path = `/kms/secrets/${last.slice("secrets:read:".length)}`;
  let key: string;
  const credentials = () => ({ client_id: SERVICE, client_secret: key });
  beforeAll(async () => {
    const created = await call("POST", "/kms/services", administrator, { name: SERVICE, scopes });
    expect(created.status, created.text).toBe(201);
    const { body } = await call("POST", "/kms/keys", administrator, { service: SERVICE, name: "k".repeat(100) });
    key = String(body["key"]);
    await call("PUT", path, administrator, { value: "x" });
  });

  test("uses its key, and tokens for it, everywhere", async () => {
    expect((await call("GET", path, { "x-api-key": key })).status).toBe(200);
    expect((await call("GET", "/service-a/elements", { "x-api-key": key })).status).toBe(200);
    expect((await call("POST", "/kms/keys/verify", administrator, { key })).body).toMatchObject({ valid: true });
    const grant = { grant_type: "client_credentials", ...credentials() };
    const { body } = await form("/kms/token", grant);
    await assertAccepted(body["access_token"], [path, "/service-a/elements", "/search/status"]);
    const audiences = ["kms", "twofa", "search", "service-a"].map((name) => `&audience=${name}`).join("");
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const narrow = await call("POST", "/kms/token", type, new URLSearchParams(grant).toString() + audiences);
    await assertAccepted(narrow.body["access_token"], [path, "/service-a/elements", "/search/status"]);
    expect((await call("POST", `/kms/keys/${SERVICE}/rotate`, administrator, { graceSeconds: 60 })).status).toBe(200);
  });

  test("acts for the user with the most roles", async () => {
    const account = { username: usernameOf("β"), password: PASSWORD, roles: ROLES };
    expect((await call("POST", "/kms/users", administrator, account)).status).toBe(201);
    const login = await call("POST", "/kms/login", {}, { username: usernameOf("β"), password: PASSWORD });
    const exchange = {
      grant_type: TOKEN_EXCHANGE,
      subject_token: String(login.body["access_token"]),
      subject_token_type: ACCESS_TOKEN,
      ...credentials(),
    };
    for (const scope of [undefined, scopes.join(" ")]) {
      const exchanged = await form("/kms/token", { ...exchange, ...(scope && { scope }) });
      expect(exchanged.status, exchanged.text).toBe(200);
      expect(String(exchanged.body["scope"])).toHaveLength(MAX_SCOPE_LIST_CHARACTERS);
      await assertAccepted(exchanged.body["access_token"], ["/service-a/elements"]);
      const revocation = { token: String(exchanged.body["access_token"]), ...credentials() };
      expect((await form("/kms/revoke", revocation)).status).toBe(200);
      await expect
        .poll(async () => (await form("/kms/introspect", revocation)).body, { timeout: 6_000 })
        .toEqual({ active: false });
    }
  });

  test("has no longer list, nor a key of its own with one", async () => {
    const detail = expect.stringContaining("2048 characters in total");
    const longer = scopesOf(MAX_SCOPE_LIST_CHARACTERS + 1);
    const service = await call("POST", "/kms/services", administrator, { name: "wide", scopes: longer });
    expect([service.status, errorAt(service, "#/scopes")]).toEqual([422, detail]);
    await call("POST", "/kms/services", administrator, { name: "wider", scopes: ["secrets:read"] });
    const made = await call("POST", "/kms/keys", administrator, { service: "wider", scopes: longer });
    expect([made.status, errorAt(made, "#/scopes")]).toEqual([422, detail]);
    const many = Array.from({ length: 64 }, (_, index) => `secrets:read:${index}/${"n".repeat(240)}/*`);
    expect((await call("POST", "/kms/services", administrator, { name: "many", scopes: many })).status).toBe(422);
  });
});

describe("rows beyond the bounds", () => {
  const kms = () => {
    const { kms: database } = fountain.databases;
    if (!database) throw new Error("the kms has a database");
    return database;
  };
  const many = Array.from({ length: 64 }, (_, index) => `secrets:read:${index}/${"n".repeat(240)}/*`);
  const TOO_LONG = { error: "invalid_scope", error_description: expect.stringContaining("8192") };

  test("a service gets no token that nobody takes, and one for some of its scopes", async () => {
    await call("POST", "/kms/services", administrator, { name: "old", scopes: ["secrets:read"] });
    const { body } = await call("POST", "/kms/keys", administrator, { service: "old" });
    for (const table of ["services", "api_keys"])
      await kms().execute({
        sql: `UPDATE ${table} SET scopes = ? WHERE ${table === "services" ? "name" : "service"} = 'old'`,
        args: [JSON.stringify(many)],
      });
    const grant = { grant_type: "client_credentials", client_id: "old", client_secret: String(body["key"]) };
    const whole = await form("/kms/token", grant);
    expect([whole.status, whole.body]).toEqual([400, TOO_LONG]);
    expect((await call("GET", "/kms/secrets", { "x-api-key": String(body["key"]) })).status).toBe(401);
    expect((await form("/kms/token", { ...grant, scope: many[0] ?? "" })).status).toBe(200);
    const another = await call("POST", "/kms/keys", administrator, { service: "old" });
    expect([another.status, errorAt(another, "#/scopes")]).toEqual([422, expect.stringContaining("2048")]);
  });

  test("a user is told of too many roles, until they have fewer", async () => {
    const account = { username: "old-roles", password: PASSWORD };
    const { body } = await call("POST", "/kms/users", administrator, account);
    const roles = Array.from({ length: 200 }, (_, index) => roleName(index));
    for (const name of roles.slice(MAX_ROLES))
      await kms().execute({ sql: "INSERT INTO roles (name, permissions) VALUES (?, '[]')", args: [name] });
    await kms().execute({
      sql: "UPDATE users SET roles = ? WHERE id = ?",
      args: [JSON.stringify(roles), String(body["id"])],
    });
    const login = () => call("POST", "/kms/login", {}, { username: "old-roles", password: PASSWORD });
    const refused = await login();
    expect([refused.status, refused.body["detail"]]).toEqual([409, expect.stringContaining("more roles than fit")]);
    const fewer = await call("PUT", `/kms/users/${body["id"]}/roles`, administrator, { roles: ROLES });
    expect(fewer.status, fewer.text).toBe(200);
    expect((await login()).status).toBe(200);
  });
});
