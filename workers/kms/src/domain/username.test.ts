import fc from "fast-check";
import { expect, test } from "vitest";
import { normalizeUsername, usernameFault, usernameKey } from "./username.ts";

test("takes usernames that differ only in case or compatibility form for the same", () => {
  expect(usernameKey("ADMIN")).toBe(usernameKey("admin"));
  expect(usernameKey("ａｄｍｉｎ")).toBe(usernameKey("admin"));
  expect(usernameKey("Straße")).toBe(usernameKey("STRASSE"));
  expect(usernameKey("ﬁona")).toBe(usernameKey("fiona"));
  expect(usernameKey("e\u0301ve")).toBe(usernameKey("éve"));
  expect(usernameKey("eve")).not.toBe(usernameKey("eva"));
});

test("finds the key of a stored username to be the key it was stored under", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (name) => {
      expect(usernameKey(normalizeUsername(name))).toBe(usernameKey(name));
    }),
    { numRuns: 500 },
  );
});

test("accepts names and addresses in any script", () => {
  for (const name of ["a", "eve", "Eve.O-Connor_2", "eve@example.com", "Søren", "東京", "x".repeat(64)])
    expect(usernameFault(name)).toBeUndefined();
});

test("refuses emptiness, excess, spaces, control characters and what could pass for markup", () => {
  const bad = [
    "",
    "x".repeat(65),
    " eve",
    "e ve",
    "eve\n",
    "eve\u0000",
    "<eve>",
    ".eve",
    "-eve",
    "eve/admin",
    "eve\u202e",
  ];
  for (const name of bad) expect(usernameFault(name), JSON.stringify(name)).toBeDefined();
});
