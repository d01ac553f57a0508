import { expect, test } from "vitest";
import { hmac, isSameHash, macInContext } from "./mac.ts";

const KEY = Buffer.from("Jefe");

test("hashes as RFC 4231 §4.3 says", () => {
  const expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
  expect(Buffer.from(hmac(KEY, "what do ya want for nothing?"), "base64url").toString("hex")).toBe(expected);
});

test("never gives two contexts and values the same hash by shifting text between them", () => {
  expect(macInContext(KEY, "ab", "c")).not.toBe(macInContext(KEY, "a", "bc"));
  expect(macInContext(KEY, "", "abc")).not.toBe(macInContext(KEY, "abc", ""));
});

test("gives the same hash for the same context and value only", () => {
  expect(macInContext(KEY, "recovery:1", "code")).toBe(macInContext(KEY, "recovery:1", "code"));
  expect(macInContext(KEY, "recovery:1", "code")).not.toBe(macInContext(KEY, "recovery:2", "code"));
});

test("distinguishes hashes, of different lengths too", () => {
  expect(isSameHash("abc", "abc")).toBe(true);
  expect(isSameHash("abc", "abd")).toBe(false);
  expect(isSameHash("abc", "abcd")).toBe(false);
});
