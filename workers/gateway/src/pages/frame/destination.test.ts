import { expect, test } from "vitest";
import { destinationOf } from "./destination.ts";

test.each([
  "//evil.example",
  "///evil.example",
  "/\\evil.example",
  "\\/evil.example",
  "/account/../..//evil.example",
  "/account/..//evil.example",
  "/account/%2e%2e//evil.example",
  "/%2f%2fevil.example",
  "/\t/evil.example",
  "/\n/evil.example",
  "\t//evil.example",
  " /account",
  "https://evil.example/account",
  "https:evil.example",
  "javascript:alert(1)",
  "/accounts",
  "/account-of/evil",
  "/kms/logout",
  "/account/logout",
  "/account/nothing",
  "/consoles",
  `/account?${"x".repeat(8_192)}`,
  "",
])("%j leads to no other place than the account", (next) => {
  expect(destinationOf(next)).toBe("/account");
});

test.each([
  ["/account/sessions?done=ended#x", "/account/sessions?done=ended"],
  ["/account/./security", "/account/security"],
  ["/console/people?q=mara", "/console/people?q=mara"],
  [
    "/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.example%2F",
    "/oauth/authorize?redirect_uri=https%3A%2F%2Fapp.example%2F",
  ],
])("%s leads to a page", (next, to) => {
  expect(destinationOf(next)).toBe(to);
});

test.each(["/account//evil.example", "/account/%2f%2fevil.example", "/account\t//evil.example"])(
  "%j stays on this host, wherever it leads",
  (next) => {
    expect(new URL(destinationOf(next), "https://here.example").origin).toBe("https://here.example");
    expect(destinationOf(next)).toMatch(/^\/account/);
  },
);
