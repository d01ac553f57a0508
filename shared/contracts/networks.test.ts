import { expect, test } from "vitest";
import { formatNetwork, isAllowedFrom, isWithin, normalizeAddress, parseNetwork } from "./networks.ts";

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
  ["127.0.0.1", ["::ffff:127.0.0.0/104"], true],
  ["128.0.0.1", ["::ffff:127.0.0.0/104"], false],
  ["10.0.0.1", ["::ffff:0:0/96"], true],
  ["2001:db8::1", ["::ffff:0:0/96"], false],
  ["192.0.2.7", ["::ffff:c000:207"], true],
  ["010.0.0.1", ["8.0.0.0/8", "10.0.0.0/8"], false],
  ["::1%lo", ["::1"], false],
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

test.for([
  ["192.0.2.7", "192.0.2.7"],
  ["192.0.2.7/32", "192.0.2.7"],
  ["192.0.2.7/24", "192.0.2.0/24"],
  ["192.0.2.7/0", "0.0.0.0/0"],
  ["2001:DB8:0:0::7", "2001:db8::7"],
  ["2001:DB8::7/32", "2001:db8::/32"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::ffff:c000:207", "192.0.2.7"],
  ["::ffff:127.0.0.0/104", "127.0.0.0/8"],
  ["::ffff:127.0.0.1/128", "127.0.0.1"],
] as const)("the network %s is %s", ([text, normal]) => {
  const network = parseNetwork(text);
  expect(network && formatNetwork(network)).toBe(normal);
});

test.for([
  "010.0.0.1",
  "10.0.0.0/08",
  "10.0.0.0/8/8",
  "10.0.0.0/",
  "/8",
  "10.1",
  "0xa.0.0.1",
  "167772161",
  "10.0.0.256",
  "::ffff:010.0.0.1",
  "::10.0.0.1",
  "::ffff:10.0.0.0/95",
  "fe80::1%eth0",
  "fe80::%eth0/64",
  "1::2::3",
  "::1/129",
  " ::1",
  `${"0".repeat(60)}::1`,
])("%j is no network, nor an address", (text) => {
  expect(parseNetwork(text)).toBeUndefined();
  expect(normalizeAddress(text)).toBeUndefined();
});
