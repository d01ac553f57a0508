import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { type Argon2idCost, CURRENT_COST } from "../crypto/password-cost.ts";
import { computeHash } from "../hashing/slow-hash.ts";
import { createPasswords, type KeptPassword } from "./password.ts";

const PEPPER = Buffer.alloc(32, 1);
const CHEAP: Argon2idCost = { algorithm: "argon2id", m: 8, t: 1, p: 1 };
/** Of {@link PASSWORD} under {@link PEPPER}, as they were made before. */
const SCRYPT = "$scrypt$v=2$ln=14,r=8,p=5$p5m/mjHtDjue2r13e5Zj/Q$uohtHty6II+i9ToOCE3N/CXEsMB7zNbbJh9sZmY78mk";
const USER = "0b0e1f6c-6e0c-4b52-a0a5-3d0c7b1d0a11";
const PASSWORD = "correct horse battery staple";

const passwordsAt = (cost = CURRENT_COST, pepper = PEPPER) =>
  createPasswords({ pepper, slowHash: { hash: computeHash }, randomBytes, cost });

const keptBy = (hash: string, userId = USER): KeptPassword => ({ userId, hash });

test("recognises the password it hashed, and no other", async () => {
  const passwords = passwordsAt(CHEAP);
  const stored = await passwords.hash(USER, PASSWORD);
  expect((await passwords.verify(PASSWORD, keptBy(stored))).matches).toBe(true);
  for (const wrong of ["", "Correct horse battery staple", `${PASSWORD} `, PASSWORD.slice(0, -1)])
    expect((await passwords.verify(wrong, keptBy(stored))).matches).toBe(false);
});

test("takes every byte of a long password into account", async () => {
  const passwords = passwordsAt(CHEAP);
  const long = "x".repeat(1023);
  expect((await passwords.verify(`${long}b`, keptBy(await passwords.hash(USER, `${long}a`)))).matches).toBe(false);
});

test("recognises nothing without the pepper", async () => {
  const stored = await passwordsAt(CHEAP).hash(USER, PASSWORD);
  const thief = passwordsAt(CHEAP, Buffer.alloc(32, 2));
  expect((await thief.verify(PASSWORD, keptBy(stored))).matches).toBe(false);
});

test("never matches where nothing is stored", async () => {
  const passwords = passwordsAt(CHEAP);
  expect((await passwords.verify(PASSWORD, undefined)).matches).toBe(false);
});

test("spends as much on an unknown user as on a known one", async () => {
  const passwords = passwordsAt({ ...CHEAP, m: 2_048, t: 2 });
  const stored = await passwords.hash(USER, PASSWORD);
  const time = async (kept: KeptPassword | undefined): Promise<number> => {
    const startedAt = process.threadCpuUsage();
    await passwords.verify("a wrong password", kept);
    const { user, system } = process.threadCpuUsage(startedAt);
    return user + system;
  };
  const median = async (kept: KeptPassword | undefined): Promise<number> => {
    const times = [await time(kept), await time(kept), await time(kept), await time(kept), await time(kept)];
    return times.toSorted((a, b) => a - b)[2] ?? 0;
  };
  const [known, unknown] = [await median(keptBy(stored)), await median(undefined)];
  expect(unknown / known).toBeGreaterThan(0.5);
  expect(unknown / known).toBeLessThan(2);
});

test("stores the cost with the hash", async () => {
  const stored = await passwordsAt().hash(USER, PASSWORD);
  expect(stored).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
});

test("still recognises a hash of another cost, and says that it is outdated", async () => {
  const stored = await passwordsAt(CHEAP).hash(USER, PASSWORD);
  const today = passwordsAt({ ...CHEAP, t: 2 });
  expect(await today.verify(PASSWORD, keptBy(stored))).toEqual({ matches: true, isOutdated: true });
  expect(await today.verify(PASSWORD, keptBy(await today.hash(USER, PASSWORD)))).toEqual({
    matches: true,
    isOutdated: false,
  });
});

test("still recognises a hash by scrypt, only beside its user, and says that it is outdated", async () => {
  const passwords = passwordsAt(CHEAP);
  const verdictOn = (password: string, userId?: string) => passwords.verify(password, keptBy(SCRYPT, userId));
  expect(await verdictOn(PASSWORD)).toEqual({ matches: true, isOutdated: true });
  expect((await verdictOn(`${PASSWORD}r`)).matches).toBe(false);
  expect((await verdictOn(PASSWORD, "another user")).matches).toBe(false);
});

test("recognises a password nowhere but beside its own user", async () => {
  const passwords = passwordsAt(CHEAP);
  const stored = await passwords.hash(USER, PASSWORD);
  expect((await passwords.verify(PASSWORD, keptBy(stored, "another user"))).matches).toBe(false);
});

test("refuses a stored hash of an unknown format", async () => {
  const passwords = passwordsAt(CHEAP);
  const stored = await passwords.hash(USER, PASSWORD);
  const others = [
    stored.replace("$v=19", ""),
    stored.replace("$v=19", "$v=16"),
    stored.replace("argon2id", "argon2d"),
    stored.slice(0, -1),
    SCRYPT.replace("$v=2", "$v=3"),
    "plain",
  ];
  for (const other of others) await expect(passwords.verify(PASSWORD, keptBy(other))).rejects.toThrow("unknown format");
});

test("refuses a stored hash that would take more than any ever took", async () => {
  const passwords = passwordsAt(CHEAP);
  const stored = await passwords.hash(USER, PASSWORD);
  for (const other of [
    stored.replace("m=8", "m=999999"),
    stored.replace("t=1", "t=99"),
    SCRYPT.replace("ln=14", "ln=20"),
  ])
    await expect(passwords.verify(PASSWORD, keptBy(other))).rejects.toThrow("no password is hashed at");
});

test("salts every hash separately", async () => {
  const passwords = passwordsAt(CHEAP);
  expect(await passwords.hash(USER, PASSWORD)).not.toBe(await passwords.hash(USER, PASSWORD));
});

test("recognises a password however a keyboard composes its characters", async () => {
  const passwords = passwordsAt(CHEAP);
  const stored = await passwords.hash(USER, "cr\u00e8me br\u00fbl\u00e9e");
  expect((await passwords.verify("cre\u0300me bru\u0302le\u0301e", keptBy(stored))).matches).toBe(true);
});
