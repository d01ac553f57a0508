import { expect, test } from "vitest";
import { commonPasswords } from "./common-passwords.ts";
import { passwordFault } from "./password-rules.ts";

const EVE = { username: "eve", email: "eve.moneypenny@example.com" };

const faultOf = (password: string, owner = EVE): string | undefined => passwordFault(password, owner);

test("accepts 12 characters to 1,024 bytes, of whatever kind", () => {
  expect(faultOf("12 letters !")).toBeUndefined();
  expect(faultOf("abcdefgh".repeat(128).replace("a", "x"))).toBeUndefined();
  expect(faultOf("11 letters!")).toContain("12 characters");
  expect(faultOf("🎬".repeat(6))).toContain("12 characters");
  expect(faultOf("éèêëē".repeat(103))).toContain("1024 bytes");
  expect(faultOf("x".repeat(1_000_000))).toContain("1024 bytes");
  expect(faultOf("a lone surrogate \ud800")).toContain("Unicode");
});

test("counts what is hashed, after normalization", () => {
  expect(faultOf("e\u0301e\u0300u\u0302o\u0308i\u0301a\u0300")).toContain("12 characters");
  expect(faultOf("ﷺ".repeat(60))).toContain("1024 bytes");
});

test.each([
  "Password1234",
  "1234password",
  "p@ssw0rd2026",
  "P4$$w0rd!!!!",
  "passwordpassword",
  "password-password",
  "dragon.dragon.1",
  "qwerty123456",
  "123456qwerty",
  "qwertyuiop[]",
  "1qaz2wsx3edc",
  "LeaveMeAlone",
  "ＰＡＳＳＷＯＲＤ１２３４",
  "abc123456789",
  "sunshine2026!",
])("refuses what is common or made of it: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each(["123456789012", "987654321098", "abcdefghijkl", "zyxwvutsrqpo"])("refuses a sequence: %s", (password) => {
  expect(faultOf(password)).toContain("common");
});

test.each(["aaaaaaaaaaaa", "xyzxyzxyzxyz", "121212121212"])("refuses a pattern: %s", (password) => {
  expect(faultOf(password)).toContain("different characters");
});

test("refuses the user's own name and address, and what is made of them", () => {
  const owner = { username: "Moneypenny", email: "jane.moneypenny@example.com" };
  for (const password of [
    "moneypenny-1",
    "MONEYPENNY2026",
    "jane.moneypenny@example.com",
    "xjane.moneypennyx",
    "moneypennymoneypenny",
  ])
    expect(faultOf(password, owner), password).toContain("username");
  expect(faultOf("moneypenny sings in the rain", owner)).toBeUndefined();
  expect(faultOf("Same-As-The-Name", { username: "same-as-the-name", email: "" })).toContain("username");
});

test.each([
  "correct horse battery staple",
  "a long enough password",
  "fountain-test-password",
  "monkey dragon shadow master",
  "kX9#vQ2!mZ7$",
  "849201736452",
  "пароль из четырёх слов",
])("accepts what nobody would try first: %s", (password) => {
  expect(faultOf(password)).toBeUndefined();
});

test("knows the 10,000 most common passwords, whole", () => {
  const common = commonPasswords();
  expect(common.size).toBe(10_283);
  for (const password of ["123456", "password", "qwerty", "dragon", "zxcvbn", "1qaz2wsx3edc", "motherfucker"])
    expect(common.has(password), password).toBe(true);
  expect([...common].every((password) => /^[!-~]+$/.test(password) && password === password.toLowerCase())).toBe(true);
});
