import { expect, test } from "vitest";
import { clientAddressOf, parseNetworks } from "./client-address.ts";

const from = (clientIp: string | undefined, headers: Record<string, string> = {}, trusted = ""): string | undefined =>
  clientAddressOf({ headers: new Headers(headers), cf: clientIp && { clientIp } }, parseNetworks(trusted) ?? []);

test("takes the address of the connection, without its port, in one spelling", () => {
  expect(from("192.0.2.7:50123")).toBe("192.0.2.7");
  expect(from("[2001:DB8:0::1]:443")).toBe("2001:db8::1");
  expect(from("[::ffff:192.0.2.7]:443")).toBe("192.0.2.7");
});

test("believes no header of a caller who is not a trusted proxy", () => {
  const headers = {
    "x-forwarded-for": "203.0.113.9",
    "cf-connecting-ip": "203.0.113.9",
    forwarded: "for=203.0.113.9",
    "x-fountain-client-address": "203.0.113.9",
  };
  expect(from("192.0.2.7:1", headers)).toBe("192.0.2.7");
  expect(from("192.0.2.7:1", headers, "10.0.0.0/8")).toBe("192.0.2.7");
});

test("believes a trusted proxy, as far back as proxies are trusted", () => {
  const trusted = "10.0.0.0/8, 127.0.0.1 ::1";
  expect(from("10.1.1.2:1", { "x-forwarded-for": "203.0.113.9" }, trusted)).toBe("203.0.113.9");
  expect(from("127.0.0.1:1", { "x-forwarded-for": "198.51.100.1, 203.0.113.9, 10.9.9.9" }, trusted)).toBe(
    "203.0.113.9",
  );
  expect(from("[::1]:1", { "x-forwarded-for": "2001:db8::5" }, trusted)).toBe("2001:db8::5");
});

test("falls back to the proxy's address where the proxy says nothing, or nothing of sense", () => {
  expect(from("10.1.1.2:1", {}, "10.0.0.0/8")).toBe("10.1.1.2");
  expect(from("10.1.1.2:1", { "x-forwarded-for": "203.0.113.9, unknown" }, "10.0.0.0/8")).toBe("10.1.1.2");
});

test("reads Cloudflare's header on the edge, where the connection tells nothing", () => {
  expect(from(undefined, { "cf-connecting-ip": "203.0.113.9" })).toBe("203.0.113.9");
  expect(from(undefined)).toBeUndefined();
});

test("refuses a list of networks with something else in it", () => {
  expect(parseNetworks("")).toEqual([]);
  expect(parseNetworks("10.0.0.0/8 2001:db8::/32")).toHaveLength(2);
  expect(parseNetworks("10.0.0.0/33")).toBeUndefined();
  expect(parseNetworks("caddy")).toBeUndefined();
});
