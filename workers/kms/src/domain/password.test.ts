import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { CURRENT_COST, createPasswords } from "./password.ts";

const PEPPER = Buffer.alloc(32, 1);
const CHEAP = { ln: 4, r: 8, p: 1 };
const PASSWORD = "correct horse battery staple";

test("recognises the password it hashed, and no other", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, CHEAP);
  const stored = await passwords.hash(PASSWORD);
  expect((await passwords.verify(PASSWORD, stored)).matches).toBe(true);
  for (const wrong of ["", "Correct horse battery staple", `${PASSWORD} `, PASSWORD.slice(0, -1)])
    expect((await passwords.verify(wrong, stored)).matches).toBe(false);
});

test("takes every byte of a long password into account", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, CHEAP);
  const long = "x".repeat(1023);
  expect((await passwords.verify(`${long}b`, await passwords.hash(`${long}a`))).matches).toBe(false);
});

test("recognises nothing without the pepper", async () => {
  const stored = await createPasswords(PEPPER, randomBytes, CHEAP).hash(PASSWORD);
  const thief = createPasswords(Buffer.alloc(32, 2), randomBytes, CHEAP);
  expect((await thief.verify(PASSWORD, stored)).matches).toBe(false);
});

test("never matches where nothing is stored", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, CHEAP);
  expect((await passwords.verify(PASSWORD, undefined)).matches).toBe(false);
});

test("spends as much on an unknown user as on a known one", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, { ln: 12, r: 8, p: 1 });
  const stored = await passwords.hash(PASSWORD);
  const time = async (hash: string | undefined): Promise<number> => {
    const startedAt = process.cpuUsage();
    await passwords.verify("a wrong password", hash);
    const { user, system } = process.cpuUsage(startedAt);
    return user + system;
  };
  const median = async (hash: string | undefined): Promise<number> => {
    const times = [await time(hash), await time(hash), await time(hash), await time(hash), await time(hash)];
    return times.toSorted((a, b) => a - b)[2] ?? 0;
  };
  const [known, unknown] = [await median(stored), await median(undefined)];
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test("stores the cost with the hash, and what Cloudflare allows", async () => {
  const stored = await createPasswords(PEPPER, randomBytes).hash(PASSWORD);
  expect(stored).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$[\w+/]{22}\$[\w+/]{43}$/);
  expect(2 ** CURRENT_COST.ln * CURRENT_COST.r * CURRENT_COST.p).toBeLessThanOrEqual(2 ** 20);
});

test("still recognises a hash of another cost, and says that it is outdated", async () => {
  const stored = await createPasswords(PEPPER, randomBytes, CHEAP).hash(PASSWORD);
  const today = createPasswords(PEPPER, randomBytes, { ln: 5, r: 8, p: 1 });
  expect(await today.verify(PASSWORD, stored)).toEqual({ matches: true, isOutdated: true });
  expect(await today.verify(PASSWORD, await today.hash(PASSWORD))).toEqual({ matches: true, isOutdated: false });
});

test("salts every hash anew", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, CHEAP);
  expect(await passwords.hash(PASSWORD)).not.toBe(await passwords.hash(PASSWORD));
});

test("recognises a password however a keyboard composes its characters", async () => {
  const passwords = createPasswords(PEPPER, randomBytes, CHEAP);
  const stored = await passwords.hash("cr\u00e8me br\u00fbl\u00e9e");
  expect((await passwords.verify("cre\u0300me bru\u0302le\u0301e", stored)).matches).toBe(true);
});
