/** Signing keys are rotated while everybody works: nobody notices, but those whose key was revoked. */
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { TOKEN_AUDIENCE, TOKEN_TYPE } from "../../shared/contracts/access-token.ts";
import { type Answer, caller } from "../support/call.ts";
import { type Fountain, startFountain } from "../support/harness.ts";
import { ISSUER, openMint } from "../support/mint.ts";
import { registerService } from "../support/session.ts";

const ROTATIONS = 4;
const BETWEEN_ROTATIONS_MS = 600;

let fountain: Fountain;
let administrator: Record<string, string>;
const call = caller(() => fountain);

const logInAs = async (): Promise<string> => {
  const { adminUsername: username, adminPassword: password } = fountain;
  const { status, body, text } = await call("POST", "/kms/login", {}, { username, password });
  if (status !== 200) throw new Error(`login: ${status} ${text}`);
  return String(body["access_token"]);
};

const kidIn = async (state: string): Promise<string> => {
  const { body } = await call("GET", "/kms/signing-keys", administrator);
  return Array.isArray(body["items"]) ? body["items"].find((key) => key.state === state).kid : "";
};

const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

beforeAll(async () => {
  fountain = await startFountain();
  const mint = await openMint(fountain);
  administrator = bearer(
    await mint.sign({ scope: "keys:read keys:write search:read", acr: "aal2", amr: ["pwd", "otp"] }),
  );
});
afterAll(() => fountain?.stop());

test("logins and verifications under way see no rotation of the signing keys", async () => {
  const apiKey = await registerService(fountain, administrator, "films", ["search:read"]);
  const next = await kidIn("next");
  const cached = await call("GET", "/.well-known/jwks.json");
  let isOver = false;
  let done = 0;
  const kids = new Set<string>();
  const failures: string[] = [];
  const during = async (work: () => Promise<Answer>): Promise<void> => {
    while (!isOver) {
      const { status, text } = await work();
      done += 1;
      if (status !== 200) failures.push(text);
    }
  };
  const tokens = [await logInAs()];
  const logIns = async (): Promise<Answer> => {
    const token = await logInAs();
    kids.add(decodeProtectedHeader(token).kid ?? "");
    tokens.push(token);
    return call("GET", "/search/status", bearer(token));
  };
  const verifications = (): Promise<Answer> =>
    call("GET", "/search/status", bearer(tokens[done % tokens.length] ?? ""));
  const keyUses = (): Promise<Answer> => call("GET", "/search/status", apiKey);

  const load = Promise.all([during(logIns), during(verifications), during(keyUses)]);
  for (let rotation = 0; rotation < ROTATIONS; rotation += 1) {
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_ROTATIONS_MS));
    expect((await call("POST", "/kms/signing-keys/rotate", administrator)).status).toBe(200);
  }
  // The one that was published before, that is: whoever cached the key set may keep it for a minute.
  await vi.waitFor(() => expect(kids).toContain(next), { timeout: 30_000 });
  isOver = true;
  await load;
  expect(failures).toEqual([]);
  for (const kid of kids) expect(cached.text).toContain(kid);
  expect(done).toBeGreaterThan(20);
});

test("a token of any key in the key set verifies by it, as any service of one's own would do it", async () => {
  const { body, headers } = await call("GET", "/.well-known/jwks.json");
  expect(headers.get("cache-control")).toBe("public, max-age=60");
  expect(Array.isArray(body["keys"]) && body["keys"].length).toBeGreaterThanOrEqual(2 + ROTATIONS);
  expect(JSON.stringify(body)).not.toMatch(/"[dk]":/);
  const keySet = createRemoteJWKSet(new URL("/.well-known/jwks.json", fountain.url));
  const verified = await jwtVerify(await logInAs(), keySet, {
    issuer: ISSUER,
    audience: TOKEN_AUDIENCE,
    typ: TOKEN_TYPE,
    algorithms: ["EdDSA"],
  });
  expect(verified.payload.sub).toBeDefined();
});

test("in an emergency the current key is revoked: its tokens are refused within five seconds, new logins work at once", async () => {
  const token = await logInAs();
  const kid = decodeProtectedHeader(token).kid ?? "";
  const status = async () => (await call("GET", "/search/status", bearer(token))).status;
  expect(await status()).toBe(200);
  const revoked = await call("POST", `/kms/signing-keys/${kid}/revoke`, administrator);
  expect(revoked.body).toMatchObject({ kid, state: "revoked" });
  const renewed = await logInAs();
  expect(decodeProtectedHeader(renewed).kid).not.toBe(kid);
  await vi.waitFor(async () => expect(await status()).toBe(401), { timeout: 5_000, interval: 100 });
  expect((await call("GET", "/search/status", bearer(renewed))).status).toBe(200);
  expect((await call("GET", "/.well-known/jwks.json")).text).not.toContain(kid);
  expect((await call("POST", "/kms/signing-keys/nobody/revoke", administrator)).status).toBe(404);
});
