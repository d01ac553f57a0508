import { expect, test } from "vitest";
import { deriveKeys, isStrongSecretKey } from "./root-key.ts";

const SECRET_KEY = "0123456789abcdef0123456789abcdef";

test("refuses a SECRET_KEY of fewer than 32 bytes", () => {
  expect(isStrongSecretKey(SECRET_KEY.slice(1))).toBe(false);
  expect(isStrongSecretKey(SECRET_KEY)).toBe(true);
});

test("counts the bytes of SECRET_KEY, not its characters", () => {
  expect(isStrongSecretKey("é".repeat(16))).toBe(true);
  expect(isStrongSecretKey("é".repeat(15))).toBe(false);
});

test("derives another key for every purpose", () => {
  const keys = Object.values(deriveKeys(SECRET_KEY)).map((key) => Buffer.from(key).toString("hex"));
  expect(new Set(keys).size).toBe(keys.length);
  expect(keys.every((key) => key.length === 64)).toBe(true);
});

test("derives the same keys from the same SECRET_KEY, and others from another", () => {
  expect(deriveKeys(SECRET_KEY)).toEqual(deriveKeys(SECRET_KEY));
  expect(deriveKeys(`${SECRET_KEY}!`).sealing).not.toEqual(deriveKeys(SECRET_KEY).sealing);
});

test("derives by HKDF-SHA-256 with the purpose as info, so that another implementation can read the data", () => {
  expect(Buffer.from(deriveKeys(SECRET_KEY).sealing).toString("hex")).toBe(
    "ff8185e9cbdd5dbede3ed83564197f8737d687be4d88dd9a8dc57fc0333683a3",
  );
});
