import { describe, expect, test } from "vitest";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { clientAddressOf, parseNetworks } from "./client-address.ts";

const from = (clientIp: string | undefined, headers: HeadersInit = {}, trusted = ""): string | undefined =>
  clientAddressOf({ headers: new Headers(headers), cf: clientIp && { clientIp } }, parseNetworks(trusted) ?? []);

const TRUSTED = "10.0.0.0/8, 127.0.0.1 ::1";
const behindProxy = (forwarded: string): string | undefined =>
  from("127.0.0.1:50123", { "x-forwarded-for": forwarded }, TRUSTED);

test("takes the address of the connection, without its port, in one spelling", () => {
  expect(from("192.0.2.7:50123")).toBe("192.0.2.7");
  expect(from("[2001:DB8:0::1]:443")).toBe("2001:db8::1");
  expect(from("[::ffff:192.0.2.7]:443")).toBe("192.0.2.7");
  expect(from("unix:42")).toBeUndefined();
});

test("believes no header of a caller who is not a trusted proxy", () => {
  const headers = {
    "x-forwarded-for": "203.0.113.9",
    "cf-connecting-ip": "203.0.113.9",
    forwarded: "for=203.0.113.9",
    "x-fountain-client-address": "203.0.113.9",
    "x-real-ip": "203.0.113.9",
    "true-client-ip": "203.0.113.9",
    "x-client-ip": "203.0.113.9",
  };
  expect(from("192.0.2.7:1", headers)).toBe("192.0.2.7");
  expect(from("192.0.2.7:1", headers, "10.0.0.0/8")).toBe("192.0.2.7");
  expect(from("unix:42", headers, "10.0.0.0/8")).toBeUndefined();
  const { "x-forwarded-for": _, ...others } = headers;
  expect(from("127.0.0.1:1", others, TRUSTED)).toBe("127.0.0.1");
});

describe("behind a trusted proxy", () => {
  test.each([
    ["203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["198.51.100.1,203.0.113.7:5555", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7:5555", "203.0.113.7"],
    ["198.51.100.1 ,\t203.0.113.7:5555\t ", "203.0.113.7"],
    ["198.51.100.1, [2001:db8::7]:443", "2001:db8::7"],
    ["198.51.100.1, [2001:DB8:0:0::7]", "2001:db8::7"],
    ["198.51.100.1, 2001:db8::7", "2001:db8::7"],
    ['198.51.100.1, "[2001:db8::7]:443"', "2001:db8::7"],
    ['198.51.100.1, "203.0.113.7:5555"', "203.0.113.7"],
    ['"203.0.113.7"', "203.0.113.7"],
    ["198.51.100.1, ::ffff:203.0.113.7", "203.0.113.7"],
    ["198.51.100.1, ::FFFF:cb00:7107", "203.0.113.7"],
    ["198.51.100.1, [::ffff:203.0.113.7]:5555", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"],
    ["198.51.100.1, 203.0.113.7, ::ffff:10.9.9.9, [::1]:80", "203.0.113.7"],
    // What a caller puts there to begin with changes nothing.
    ["garbage,, , unknown, 203.0.113.7", "203.0.113.7"],
    [`${"x".repeat(5_000)},${"127.0.0.1,".repeat(500)}203.0.113.7`, "203.0.113.7"],
    // All of them are ours: the farthest one called.
    ["10.0.0.3, 10.0.0.2, 127.0.0.1", "10.0.0.3"],
    [" 10.0.0.3:1", "10.0.0.3"],
  ])("%j says %s", (forwarded, address) => {
    expect(behindProxy(forwarded)).toBe(address);
  });

  test.each([
    "",
    " ",
    "unknown",
    "203.0.113.7, unknown",
    "203.0.113.7, _hidden",
    '203.0.113.7, "_SEVKISEK"',
    "203.0.113.7,",
    "203.0.113.7, ",
    "203.0.113.7,, 10.0.0.2",
    "203.0.113.7 garbage",
    "203.0.113.7, 127.0.0.1 garbage",
    "203.0.113.7, 127.0.0.1:99999",
    "203.0.113.7, 127.0.0.1:",
    "203.0.113.7, [127.0.0.1]",
    "203.0.113.7, [::1",
    "203.0.113.7, ::1]",
    '203.0.113.7, "127.0.0.1',
    "203.0.113.7, 127.1",
    "203.0.113.7, 2130706433",
    "203.0.113.7, 0x7f.0.0.1",
    "203.0.113.7, 127.0.0.01",
    "010.0.0.1",
    "203.0.113.7, 010.0.0.1",
    "203.0.113.7, ::ffff:010.0.0.1",
    "203.0.113.7, ::10.0.0.1",
    "203.0.113.7, fe80::1%eth0",
    "203.0.113.7, ::1%lo",
    "203.0.113.7, 10.0.0.256",
    "203.0.113.7, for=127.0.0.1",
    "203.0.113.7, localhost",
    `203.0.113.7, ${"1".repeat(5_000)}`,
    `203.0.113.7${", 10.0.0.1".repeat(500)}`,
  ])("%j leaves the address unknown, which no list allows", (forwarded) => {
    expect(behindProxy(forwarded)).toBeUndefined();
    expect(isAllowedFrom(["0.0.0.0/0", "::/0", "127.0.0.1"], behindProxy(forwarded))).toBe(false);
  });

  test("reads several header lines as one list", () => {
    const lines = (...values: string[]) =>
      from(
        "127.0.0.1:1",
        values.map((value): [string, string] => ["x-forwarded-for", value]),
        TRUSTED,
      );
    expect(lines("127.0.0.1", "203.0.113.7:5555")).toBe("203.0.113.7");
    expect(lines("203.0.113.7", "10.0.0.2")).toBe("203.0.113.7");
    expect(lines("203.0.113.7", "unknown")).toBeUndefined();
  });

  test("takes the proxy for the caller only where there is no such header", () => {
    expect(from("10.1.1.2:1", {}, TRUSTED)).toBe("10.1.1.2");
  });

  test("trusts networks however they are written", () => {
    const headers = { "x-forwarded-for": "203.0.113.7" };
    expect(from("172.17.0.5:1", headers, "::ffff:172.16.0.0/108")).toBe("203.0.113.7");
    expect(from("[::ffff:172.17.0.5]:1", headers, "172.16.0.0/12")).toBe("203.0.113.7");
    expect(from("172.32.0.1:1", headers, "::ffff:172.16.0.0/108")).toBe("172.32.0.1");
  });
});

test("reads Cloudflare's header on the edge, where the connection tells nothing", () => {
  expect(from(undefined, { "cf-connecting-ip": "203.0.113.9" })).toBe("203.0.113.9");
  expect(from(undefined)).toBeUndefined();
});

test("refuses a list of networks with something else in it", () => {
  expect(parseNetworks("")).toEqual([]);
  expect(parseNetworks("10.0.0.0/8 2001:db8::/32")).toHaveLength(2);
  for (const text of ["10.0.0.0/33", "caddy", "010.0.0.0/8", "::ffff:10.0.0.0/95", "10.0.0.0/8/8", "10.0.0.0/08"])
    expect(parseNetworks(text), text).toBeUndefined();
});
