/** Whatever JWT_ALG says, tokens are issued, published and verified by every worker; and a shared secret stays one. */
import { decodeProtectedHeader } from "jose";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";
import { type Fountain, startFountain } from "../support/harness.ts";
import { logIn } from "../support/twofa.ts";

let fountain: Fountain | undefined;
afterEach(() => fountain?.stop());

const start = async (algorithm: string): Promise<Fountain> => {
  fountain = await startFountain({ settings: { JWT_ALG: algorithm } });
  return fountain;
};

const keySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) });

const PATHS = ["/kms/me", "/twofa/factors", "/search/status", "/service-a/elements"];

test.each([
  ["EdDSA", "OKP"],
  ["ES256", "EC"],
  ["RS256", "RSA"],
])("%s: signed with it, published, and taken by every worker", async (algorithm, kty) => {
  const running = await start(algorithm);
  const { token } = await logIn(running);
  const { alg, kid, typ } = decodeProtectedHeader(token);
  expect([alg, typ]).toEqual([algorithm, "at+jwt"]);
  const { keys } = keySet.parse(await (await running.fetch("/.well-known/jwks.json")).json());
  expect(keys).toContainEqual(expect.objectContaining({ kid, kty, alg: algorithm, use: "sig" }));
  for (const key of keys) expect(Object.keys(key)).not.toEqual(expect.arrayContaining(["d"]));
  for (const path of PATHS)
    expect((await running.fetch(path, { headers: { authorization: `Bearer ${token}` } })).status, path).toBe(200);
});

test("HS256: taken by every worker, and its secret is published nowhere", async () => {
  const running = await start("HS256");
  const { token } = await logIn(running);
  expect(decodeProtectedHeader(token).alg).toBe("HS256");
  for (const path of PATHS)
    expect((await running.fetch(path, { headers: { authorization: `Bearer ${token}` } })).status, path).toBe(200);
  for (const path of ["/.well-known/jwks.json", "/kms/.well-known/jwks.json"])
    expect(await (await running.fetch(path)).json(), path).toEqual({ keys: [] });
  const metadata = await (await running.fetch("/.well-known/oauth-authorization-server")).text();
  expect(metadata).not.toContain('"k"');
});
