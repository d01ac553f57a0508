import { describe, expect, test } from "vitest";
import { readingsOf } from "../matching/pattern.ts";
import { compileFirewall, fits } from "./firewall.ts";
import type { FirewallRule } from "./firewall-rule.ts";

interface Sent {
  method?: string;
  path?: string;
  address?: string;
  headers?: Record<string, string>;
}

/** The rule that refuses a call. */
const refusing = (rules: FirewallRule[], { method = "GET", path = "/notes/1", address, headers = {} }: Sent) =>
  compileFirewall(rules)({
    method,
    readings: readingsOf(path),
    address,
    fields: { get: (name) => headers[name] ?? null },
  });

const OFFICE = ["10.0.0.0/8", "2001:db8::/32"];
const ONLY_OFFICE: FirewallRule[] = [{ effect: "allow", addresses: OFFICE }, { effect: "deny" }];
const NO_OFFICE: FirewallRule[] = [{ effect: "deny", addresses: OFFICE }];
const NO_ADMIN: FirewallRule[] = [{ effect: "deny", calls: ["* /notes/admin/**"] }];
const READS: FirewallRule[] = [{ effect: "allow", calls: ["GET /notes/**"] }, { effect: "deny" }];
const PRESENT: FirewallRule[] = [
  { effect: "deny", headers: { "user-agent": "*sqlmap*" } },
  { effect: "allow", headers: { "x-edge": "secret", "x-team": "*" } },
  { effect: "deny", calls: ["POST /**"], headers: { "content-type": "text/*" } },
];

describe("a firewall", () => {
  test.each<[string, FirewallRule[], Sent, number | undefined]>([
    ["lets through what no rule is about", [], {}, undefined],
    ["lets through the addresses that it allows", ONLY_OFFICE, { address: "10.1.2.3" }, undefined],
    ["refuses the others by the rule after it", ONLY_OFFICE, { address: "203.0.113.7" }, 2],
    ["refuses an unknown address where some are allowed", ONLY_OFFICE, {}, 2],
    ["refuses the addresses that it denies", NO_OFFICE, { address: "2001:db8::1" }, 1],
    ["refuses an unknown address where some are denied", NO_OFFICE, {}, 1],
    ["lets through other addresses", NO_OFFICE, { address: "203.0.113.7" }, undefined],
    ["refuses calls by their patterns", NO_ADMIN, { path: "/notes/admin/x" }, 1],
    ["refuses them with a slash at the end", NO_ADMIN, { path: "/notes/admin/" }, 1],
    ["refuses them however they can be read", NO_ADMIN, { path: "/notes/admin;a=b/x" }, 1],
    ["refuses them with an encoded slash", NO_ADMIN, { path: "/notes/admin%2Fx" }, 1],
    ["counts HEAD as GET", READS, { method: "HEAD" }, undefined],
    ["refuses another method", READS, { method: "POST" }, 2],
    ["refuses by a part of a header value", PRESENT, { headers: { "user-agent": "x sqlmap/1" } }, 1],
    ["refuses in whichever case", PRESENT, { headers: { "user-agent": "SQLMAP/1" } }, 1],
    ["refuses by a name with _", PRESENT, { headers: { user_agent: "sqlmap" } }, 1],
    [
      "takes all that is given together",
      PRESENT,
      { method: "POST", headers: { "x-edge": "secret", "content-type": "text/plain" } },
      3,
    ],
    [
      "ends with the first rule that applies",
      PRESENT,
      { method: "POST", headers: { "x-edge": "secret", "x-team": "", "content-type": "text/plain" } },
      undefined,
    ],
  ])("%s", (_, rules, sent, expected) => {
    expect(refusing(rules, sent)).toBe(expected);
  });

  test.each([
    ["a", "a", true],
    ["a", "ab", false],
    ["*", "", true],
    ["a*", "ab", true],
    ["*b", "ab", true],
    ["a*a", "a", false],
    ["a*b*c", "a-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["*ab*ab*", "ab", false],
    ["*ab*ab*", "xabyab", true],
    ["a.c", "abc", false],
  ])("%s fits %s: %s", (wanted, text, expected) => {
    expect(fits(wanted, text)).toBe(expected);
  });
});
