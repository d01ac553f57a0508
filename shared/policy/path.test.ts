import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalPath } from "./path.ts";

const at = (path: string): string => canonicalPath(`http://localhost:8787${path}`);

describe("the canonical path", () => {
  test.each([
    ["/kms/me?x=/../y", "/kms/me"],
    ["/kms/me#/ready", "/kms/me"],
    ["/", "/"],
    ["/kms/../ready", "/ready"],
    ["/kms/%2e%2e/ready", "/ready"],
    ["/kms/.%2E/ready", "/ready"],
    ["/kms/./me", "/kms/me"],
    ["/kms\\..\\ready", "/ready"],
    ["/kms//ready", "/kms//ready"],
    ["//evil.example/kms", "//evil.example/kms"],
    ["/kms/%72eady", "/kms/ready"],
    ["/kms/%2Fready", "/kms/%2Fready"],
    ["/kms/%5c..%5cready", "/kms/%5c..%5cready"],
    ["/kms/%252e%252e/ready", "/kms/%252e%252e/ready"],
    ["/kms/a%00b", "/kms/a%00b"],
    ["/kms/%zz", "/kms/%25zz"],
    ["/kms/%%37%32eady", "/kms/%2572eady"],
    ["/kms/é", "/kms/%C3%A9"],
  ])("%s is %s", (sent, canonical) => {
    expect(at(sent)).toBe(canonical);
  });

  test("does not depend on the host, not even on one that is no host", () => {
    expect(canonicalPath("http://a b:99999/kms/me")).toBe("/kms/me");
    expect(canonicalPath("http://localhost")).toBe("/");
  });

  test("is the same when the next worker computes it again, whatever was sent", () => {
    const piece = fc.constantFrom("%", "2", "7", "e", "E", "f", ".", "/", "\\", "%2e", "%25", "%2F", "a", "%72", "\t");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = at(`/${pieces.join("")}`);
        expect(canonicalPath(`http://worker${once}`)).toBe(once);
      }),
      { numRuns: 2_000 },
    );
  });
});
