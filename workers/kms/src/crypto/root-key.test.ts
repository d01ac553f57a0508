import { expect, test } from "vitest";
import { deriveKek, isStrongSecretKey } from "./root-key.ts";

const SECRET_KEY = "0123456789abcdef0123456789abcdef";

test("refuses a SECRET_KEY of fewer than 32 bytes", () => {
  expect(isStrongSecretKey(SECRET_KEY.slice(1))).toBe(false);
  expect(isStrongSecretKey(SECRET_KEY)).toBe(true);
});

test("counts the bytes of SECRET_KEY, not its characters", () => {
  expect(isStrongSecretKey("é".repeat(16))).toBe(true);
  expect(isStrongSecretKey("é".repeat(15))).toBe(false);
});

const SALT = Buffer.alloc(32, 7);
const kekOf = (secretKey: string, salt = SALT): string => Buffer.from(deriveKek(secretKey, salt)).toString("hex");

test("derives the same key from the same SECRET_KEY and salt, and another from others", () => {
  expect(kekOf(SECRET_KEY)).toBe(kekOf(SECRET_KEY));
  expect(kekOf(`${SECRET_KEY}!`)).not.toBe(kekOf(SECRET_KEY));
  expect(kekOf(SECRET_KEY, Buffer.alloc(32, 8))).not.toBe(kekOf(SECRET_KEY));
});

test("derives by HKDF-SHA-256 with the purpose as info, so that another implementation can read the data", () => {
  expect(kekOf(SECRET_KEY)).toBe("1e3cf7b50f988a9530aab043cc15c322fc9b036c1bc3ff41fafeb0dc48a52056");
});
