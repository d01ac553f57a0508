import { expect, test } from "vitest";
import { isAllowedFrom, isWithin, parseNetwork } from "./networks.ts";

test("a credential without addresses may be used from anywhere, even from nobody knows where", () => {
  expect(isAllowedFrom(null, "192.0.2.1")).toBe(true);
  expect(isAllowedFrom(null, undefined)).toBe(true);
});

test.for([
  ["192.0.2.7", ["192.0.2.7"], true],
  ["192.0.2.8", ["192.0.2.7"], false],
  ["10.255.0.1", ["10.0.0.0/8"], true],
  ["11.0.0.1", ["10.0.0.0/8"], false],
  ["2001:db8::1", ["2001:db8::/32"], true],
  ["2001:DB8:0:0:0:0:0:1", ["2001:db8::1"], true],
  ["2001:db9::1", ["2001:db8::/32"], false],
  ["::ffff:10.0.0.1", ["10.0.0.0/8"], true],
  ["10.0.0.1", ["2001:db8::/32", "10.0.0.0/8"], true],
  ["10.0.0.1", ["::/0"], false],
  ["10.0.0.1", ["0.0.0.0/0"], true],
] as const)("%s is judged by %j: %s", ([address, allowed, expected]) => {
  expect(isAllowedFrom(allowed, address)).toBe(expected);
});

test("where addresses matter, an unknown one is not allowed, nor is any by an empty or unreadable list", () => {
  expect(isAllowedFrom(["0.0.0.0/0", "::/0"], undefined)).toBe(false);
  expect(isAllowedFrom(["0.0.0.0/0"], "unknown")).toBe(false);
  expect(isAllowedFrom([], "10.0.0.1")).toBe(false);
  expect(isAllowedFrom(["everywhere"], "10.0.0.1")).toBe(false);
});

test("reads an address as a network of one, and nothing else as a network", () => {
  const network = parseNetwork("192.0.2.7");
  expect(network && isWithin([network], "192.0.2.7")).toBe(true);
  expect(network && isWithin([network], "192.0.2.6")).toBe(false);
  for (const text of ["", "10.0.0.0/33", "localhost", "10.0.0.0/8 "]) expect(parseNetwork(text), text).toBeUndefined();
});
