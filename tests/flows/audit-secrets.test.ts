/** Nothing that opens anything is ever told in the audit trail or in the log, whatever a caller does with it. */
import { generateSync } from "otplib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { caller, type Headers } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { openMint } from "../support/mint.ts";

const PASSWORD = "marker password of ann 1";
const NEW_PASSWORD = "marker password of ann 2";
const WRONG_PASSWORD = "marker password, mistyped";
/** Typed into the wrong field. */
const PASSWORD_AS_NAME = "marker-password-as-a-name";
const SECRET = "marker value of a secret";
const PLAINTEXT = Buffer.from("marker plaintext").toString("base64");

let fountain: Fountain;
const call = caller(() => fountain);
const bearer = (token: unknown): Headers => ({ authorization: `Bearer ${token}` });
const markers: Record<string, string> = {};

/** Remembers a text that must be seen nowhere. */
const mark = (name: string, text: unknown): string => {
  const marker = String(text);
  expect(marker.length, name).toBeGreaterThan(5);
  markers[name] = marker;
  return marker;
};

const form = async (path: string, parameters: Record<string, string>): Promise<Record<string, unknown>> => {
  const response = await fetch(fountain.url + path, { method: "POST", body: new URLSearchParams(parameters) });
  const text = await response.text();
  return text === "" ? {} : JSON.parse(text);
};

const logIn = async (password: string): Promise<{ token: string; refreshToken: string }> => {
  const { body } = await call("POST", "/kms/login", {}, { username: "ann", password });
  return {
    token: mark("an access token", body["access_token"]),
    refreshToken: mark("a refresh token", body["refresh_token"]),
  };
};

const usePasswords = async (administrator: Headers): Promise<string> => {
  await call("POST", "/kms/users", administrator, { username: "ann", password: mark("a password", PASSWORD) });
  await call("POST", "/kms/login", {}, { username: "ann", password: mark("a wrong password", WRONG_PASSWORD) });
  await call(
    "POST",
    "/kms/login",
    {},
    { username: mark("a password as a name", PASSWORD_AS_NAME), password: PASSWORD },
  );
  const { token, refreshToken } = await logIn(PASSWORD);
  const refreshed = await form("/kms/token", { grant_type: "refresh_token", refresh_token: refreshToken });
  mark("a refresh token's successor", refreshed["refresh_token"]);
  const changed = { currentPassword: PASSWORD, newPassword: mark("a new password", NEW_PASSWORD) };
  expect((await call("PUT", "/kms/me/password", bearer(token), changed)).status).toBe(204);
  return (await logIn(NEW_PASSWORD)).token;
};

const useCodes = async (token: string): Promise<void> => {
  const begun = await call("POST", "/twofa/factors/totp", bearer(token));
  const secret = mark("a TOTP secret", begun.body["secret"]);
  const code = mark("a code", generateSync({ secret }));
  const confirmed = await call("POST", "/twofa/factors/totp/confirm", bearer(token), {
    factorId: begun.body["factorId"],
    code,
  });
  const [recoveryCode] = Array.isArray(confirmed.body["recoveryCodes"]) ? confirmed.body["recoveryCodes"] : [];
  mark("a recovery code", recoveryCode);
  await call("POST", "/twofa/auth/verify", bearer(token), { code });
  await call("GET", "/kms/users", { ...bearer(token), "x-otp": code });
  expect((await call("POST", "/twofa/auth/verify", bearer(token), { recoveryCode })).status).toBe(200);
};

const useKeys = async (administrator: Headers): Promise<void> => {
  await call("POST", "/kms/services", administrator, { name: "films", scopes: ["search:read"] });
  const made = await call("POST", "/kms/keys", administrator, { service: "films" });
  const key = mark("an API key", made.body["key"]);
  await call("GET", "/search/status", { "x-api-key": key });
  await call("GET", "/search/status", { "x-api-key": `${key}x` });
  await form("/kms/token", { grant_type: "client_credentials", client_id: "films", client_secret: key });
  await call("POST", "/kms/keys/verify", administrator, { key: mark("an unknown key", `${key.slice(0, -1)}!`) });
  const rotated = await call("POST", "/kms/keys/films/rotate", administrator, {});
  mark("a rotated API key", rotated.body["key"]);
  await call("POST", "/kms/keys/leaked", {}, { key: rotated.body["key"] });
};

const useSecrets = async (administrator: Headers): Promise<void> => {
  await call("PUT", "/kms/secrets/films/password", administrator, { value: mark("a secret", SECRET) });
  await call("GET", "/kms/secrets/films/password", administrator);
  const wrapped = await call("POST", "/kms/secrets/wrap", administrator, { value: SECRET });
  const token = mark("a wrapping token", wrapped.body["token"]);
  await call("POST", "/kms/secrets/unwrap", administrator, { token });
  await call("POST", "/kms/secrets/unwrap", administrator, { token });
  await call("POST", "/kms/transit", administrator, { name: "films" });
  const encrypted = await call("POST", "/kms/transit/films/encrypt", administrator, {
    plaintext: mark("a plaintext", PLAINTEXT),
  });
  await call("POST", "/kms/transit/films/decrypt", administrator, encrypted.body);
};

beforeAll(async () => {
  fountain = await startFountain();
  await call("GET", "/.well-known/jwks.json");
  const mint = await openMint(fountain);
  const administrator = bearer(await mint.sign({ scope: SCOPES.join(" "), acr: "aal2", amr: ["pwd", "otp", "mfa"] }));
  await useCodes(await usePasswords(administrator));
  await useKeys(administrator);
  await useSecrets(administrator);
});
afterAll(() => fountain?.stop());

const reading = async (accept: string): Promise<string> => {
  const mint = await openMint(fountain);
  const headers = { ...bearer(await mint.sign({ scope: "audit:read" })), accept };
  return (await fountain.fetch("/kms/audit?limit=200", { headers })).text();
};

const storedEntries = async (): Promise<string> => {
  const { rows } = (await fountain.databases["kms"]?.execute("SELECT * FROM audit_entries")) ?? { rows: [] };
  return rows.map((row) => JSON.stringify({ ...row })).join("\n");
};

test.each<[string, () => Promise<string> | string]>([
  ["the audit trail as it is read", () => reading("application/json")],
  ["the audit trail as it is exported", () => reading("application/x-ndjson")],
  ["the audit trail as it is stored", storedEntries],
  ["the log", () => fountain.logs.join("\n")],
])("%s has no password, token, key, code or secret in it", async (_, read) => {
  const text = await read();
  for (const action of ["login", "key.create", "secret.read", "secret.unwrap"])
    expect(text.includes(`"${action}"`), action).toBe(true);
  for (const [name, marker] of Object.entries(markers)) {
    expect(text.includes(marker), name).toBe(false);
    expect(text.includes(Buffer.from(marker).toString("base64url")), name).toBe(false);
  }
});
