import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isGranted, isPermission, isScope, isUpstreamScope, type Scope } from "./rights.ts";
import { coversSecretPath, coversSecretPrefix, isSecretPath, isSecretPattern } from "./secret-path.ts";

const scopes = (...names: string[]): Set<Scope> => new Set(names.filter(isScope));
const granted = (wanted: string, ...held: string[]): boolean => isScope(wanted) && isGranted(wanted, scopes(...held));

test("an upstream can have scopes of two short parts, whose namespace is none of Fountain's own", () => {
  for (const name of ["notes:read", "a:b", "my-notes2:read-all", `${"n".repeat(31)}:${"r".repeat(31)}`])
    expect([isUpstreamScope(name), isScope(name), isPermission(name)], name).toEqual([true, true, true]);
  for (const name of ["notes", "notes:read:all", "Notes:read", "2notes:read", "notes:", `${"n".repeat(32)}:read`])
    expect([isUpstreamScope(name), isScope(name), isPermission(name)], name).toEqual([false, false, false]);
  for (const name of [
    "search:mine",
    "users:me",
    "gateway:all",
    "tokens:sign",
    "kms:read",
    "service-a:read",
    "fountain:all",
  ])
    expect([isUpstreamScope(name), isScope(name)], name).toEqual([false, false]);
  expect([isPermission("search:read"), isPermission("secrets:read:films/*")]).toEqual([true, false]);
});

describe("a narrowed scope", () => {
  test("for encryption is one of the name of a transit key, and of no pattern", () => {
    for (const name of ["orders", "Orders_2-b"]) expect(isScope(`transit:use:${name}`), name).toBe(true);
    for (const name of ["", "*", "orders/*", "orders/a", "a b", "a.b", "a".repeat(65), `ftn_${"a".repeat(59)}`])
      expect(isScope(`transit:use:${name}`), name).toBe(false);
    expect(granted("transit:use:orders", "transit:use")).toBe(true);
    expect(granted("transit:use:orders", "transit:use:orders")).toBe(true);
    expect(granted("transit:use:orders", "transit:use:order", "transit:use:orders-2")).toBe(false);
    expect(granted("transit:use", "transit:use:orders")).toBe(false);
  });

  test("is one of a narrowable scope and a path, or all below one", () => {
    for (const name of ["secrets:read:a", "secrets:write:a/b-c_d.e/f", "secrets:read:a/*", "secrets:read:a/b/*"])
      expect(isScope(name), name).toBe(true);
  });

  test("is nothing else", () => {
    const paths = [
      "",
      "*",
      "/*",
      "a*",
      "a/*/b",
      "*/a",
      "a/**",
      "a//b",
      "/a",
      "a/",
      "..",
      "a/../b",
      "a b",
      "a%2Fb",
      "ä",
    ];
    for (const path of paths) expect(isScope(`secrets:read:${path}`), path).toBe(false);
    for (const name of ["secrets:read:", "secrets:readall", "keys:read:a", "secrets:x:a", "secrets", "transit:x:a"])
      expect(isScope(name), name).toBe(false);
    expect(isScope(`secrets:read:${"a".repeat(256)}`)).toBe(false);
  });

  test("allows what it covers, and never more", () => {
    expect(granted("secrets:read:a/b", "secrets:read:a/*")).toBe(true);
    expect(granted("secrets:read:a/b/c/*", "secrets:read:a/*")).toBe(true);
    expect(granted("secrets:read:a/*", "secrets:read:a/*")).toBe(true);
    expect(granted("secrets:read:a", "secrets:read")).toBe(true);
    expect(granted("secrets:read:a/*", "secrets:read")).toBe(true);

    expect(granted("secrets:read", "secrets:read:a", "secrets:read:a/*")).toBe(false);
    expect(granted("secrets:read:a", "secrets:read:a/*")).toBe(false);
    expect(granted("secrets:read:ab/c", "secrets:read:a/*")).toBe(false);
    expect(granted("secrets:read:a/*", "secrets:read:a/b", "secrets:read:a")).toBe(false);
    expect(granted("secrets:write:a/b", "secrets:read:a/*", "secrets:read")).toBe(false);
    expect(granted("secrets:read:a/b", "secrets:write", "users:admin")).toBe(false);
  });
});

const segment = fc.constantFrom("a", "b", "ab", ".a", "-");
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((segments) => segments.join("/"));
const pattern = fc.tuple(path, fc.boolean()).map(([text, isOpen]) => (isOpen ? `${text}/*` : text));

test("a pattern covers another only if it covers every path of it", () => {
  fc.assert(
    fc.property(pattern, pattern, path, (one, other, inside) => {
      if (coversSecretPath(one, other) && coversSecretPath(other, inside)) return coversSecretPath(one, inside);
      return true;
    }),
  );
});

test("a pattern covers a prefix only if it covers every path that begins like it", () => {
  fc.assert(
    fc.property(pattern, fc.string({ maxLength: 6 }), path, (one, prefix, rest) => {
      const whole = prefix + rest;
      return !(coversSecretPrefix(one, prefix) && isSecretPath(whole)) || coversSecretPath(one, whole);
    }),
  );
});

test("every path is a pattern of itself, and no path is a pattern of all", () => {
  fc.assert(
    fc.property(path, (text) => isSecretPattern(text) && coversSecretPath(text, text) && !isSecretPattern("*")),
  );
});
