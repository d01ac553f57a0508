import { afterAll, beforeAll, expect, test } from "vitest";
import { type Fountain, startFountain } from "../../../tests/harness.ts";
import { createSealer } from "./domain/sealing.ts";
import { generateSigningKey } from "./domain/signing-key.ts";
import { problemIn, randomBytes, send, signToken } from "./testing.ts";

let fountain: Fountain;

beforeAll(async () => {
  fountain = await startFountain({ front: "kms" });
});
afterAll(() => fountain?.stop());

/** Makes the database one that was written under another SECRET_KEY. */
const replaceSigningKey = async (): Promise<void> => {
  const stranger = await generateSigningKey(createSealer(Buffer.alloc(32, 9), randomBytes), new Date());
  await fountain.databases["kms"]?.execute({
    sql: "UPDATE signing_keys SET kid = ?, public_jwk = ?, wrapped_private_jwk = ?",
    args: [stranger.kid, JSON.stringify(stranger.publicJwk), stranger.wrappedPrivateJwk],
  });
};

test("answers nothing while SECRET_KEY is not the one the database was written under", async () => {
  const token = await signToken(fountain);
  expect((await fountain.fetch("/ready")).status).toBe(200);
  await replaceSigningKey();
  await expect.poll(async () => (await fountain.fetch("/ready")).status, { interval: 100, timeout: 5_000 }).toBe(503);
  expect(await problemIn(await fountain.fetch("/ready"))).toMatchObject({
    code: "unavailable",
    detail: expect.stringContaining("SECRET_KEY"),
  });

  const login = { username: fountain.adminUsername, password: fountain.adminPassword };
  expect((await send(fountain, "POST", "/login", { body: login })).status).toBe(503);
  expect((await fountain.fetch("/.well-known/jwks.json")).status).toBe(503);
  const user = { username: "ann", password: "a long enough password" };
  expect((await send(fountain, "POST", "/users", { token, body: user })).status).toBe(503);
  const found = await fountain.databases["kms"]?.execute("SELECT username FROM users");
  expect(found?.rows.map((row) => row["username"])).toEqual([fountain.adminUsername]);
});
