import { expect, test } from "vitest";
import { isClaimed, isRegistered, redirectUriFault } from "./redirect-uri.ts";

test("takes https URLs, loopback addresses and private schemes with a dot", () => {
  for (const uri of [
    "https://app.example/callback",
    "https://app.example:8443/cb?tenant=1",
    "http://127.0.0.1/cb",
    "http://[::1]:4711/cb",
    "http://localhost:3000",
    "org.example.app:/cb",
    "com.example.app://cb",
  ])
    expect([uri, redirectUriFault(uri)]).toEqual([uri, undefined]);
});

test("refuses everything else", () => {
  for (const uri of [
    "",
    "/callback",
    "http://app.example/cb",
    "http://127.0.0.1.evil.example/cb",
    "http://localhost.evil.example/",
    "http://127.0.0.1@evil.example/",
    "https://user:secret@app.example/",
    "https://app.example/cb#fragment",
    "https://app.example/cb#",
    "https://*.app.example/cb",
    "https://app.example/*",
    "https://app.example/\\evil",
    "https://app.example/\tcb",
    " https://app.example/cb",
    "https://",
    "myapp:/cb",
    "javascript:alert(1)",
    "data:text/html,hello",
    "https://app.example/cb?code=1",
    "https://app.example/cb?state=1",
    `https://app.example/ftr_${"a".repeat(43)}`,
    `https://app.example/${"a".repeat(1_024)}`,
  ])
    expect([uri, redirectUriFault(uri)]).not.toEqual([uri, undefined]);
});

test("matches the registered text alone, whatever a browser would make of another", () => {
  const registered = ["https://app.example/cb"];
  expect(isRegistered("https://app.example/cb", registered)).toBe(true);
  for (const variant of [
    "https://app.example/cb/",
    "https://app.example/CB",
    "https://APP.example/cb",
    "https://app.example:443/cb",
    "https://app.example/cb?",
    "https://app.example/cb?a=1",
    "https://app.example/cb/../cb",
    "https://app.example/%63b",
    "https://app.example.evil.example/cb",
    "https://app.example@evil.example/cb",
    "http://app.example/cb",
    "https://app.example/cb#",
  ])
    expect([variant, isRegistered(variant, registered)]).toEqual([variant, false]);
});

test("takes any port of the own device, and only there", () => {
  const registered = ["http://127.0.0.1/cb", "http://[::1]:1/cb"];
  expect(isRegistered("http://127.0.0.1:51004/cb", registered)).toBe(true);
  expect(isRegistered("http://[::1]/cb", registered)).toBe(true);
  expect(isRegistered("http://localhost:51004/cb", registered)).toBe(false);
  expect(isRegistered("http://127.0.0.1:51004/other", registered)).toBe(false);
  expect(isRegistered("http://127.0.0.1:999999/cb", registered)).toBe(false);
  expect(isRegistered("https://127.0.0.1:51004/cb", registered)).toBe(false);
  expect(isRegistered("https://app.example:8443/cb", ["https://app.example/cb"])).toBe(false);
});

test("knows where only one program can be", () => {
  expect(isClaimed("https://app.example/cb")).toBe(true);
  expect(isClaimed("http://127.0.0.1/cb")).toBe(false);
  expect(isClaimed("org.example.app:/cb")).toBe(false);
});
