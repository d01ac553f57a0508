import { expect, test } from "vitest";
import { trickIn } from "./plain-path.ts";

const DOT = "a segment that ends with a dot";
const BACKSLASH = "a backslash";
const CONTROL = "a control character";
const TWICE = "a character that is encoded twice";
const BYTES = "bytes that are no UTF-8";

test.each([
  ["/", undefined],
  ["/notes/items/7", undefined],
  ["/notes/", undefined],
  ["/notes/a.b/.well-known/x.tar.gz?next=//a\\b/../%00", undefined],
  ["/notes/a%20b/caf%C3%A9/100%25/%25%20", undefined],
  ["/notes/a:b@c,d=e+f&g!h'i(j)*k$l~", undefined],
  ["/notes/%e2%82%ac/%zz/%", undefined],
  ["/notes/..", DOT],
  ["/notes/../admin", DOT],
  ["/notes/./admin", DOT],
  ["/notes/%2e%2e/admin", DOT],
  ["/notes/.%2E/admin", DOT],
  ["/notes/.../admin", DOT],
  ["/notes/admin./x", DOT],
  ["/notes/admin%2e", DOT],
  ["/notes/..%2fadmin", DOT],
  ["/notes/x%2f..%2Fadmin", DOT],
  ["/notes/..;/admin", DOT],
  ["/notes/..;a=b/admin", DOT],
  ["/notes/..%3b/admin", DOT],
  ["/notes/%2e%2e;x/admin", DOT],
  ["/notes\\admin", BACKSLASH],
  ["/notes/..\\admin", BACKSLASH],
  ["/notes/%5cadmin", BACKSLASH],
  ["/notes/..%5Cadmin", BACKSLASH],
  ["/notes/a%00.png", CONTROL],
  ["/notes/a%0d%0aset-cookie:x", CONTROL],
  ["/notes/%7F", CONTROL],
  ["/notes/a\tb", CONTROL],
  ["/notes/%252e%252e/admin", TWICE],
  ["/notes/%25252e%25252e/admin", TWICE],
  ["/notes/%25%32%65%25%32%65/admin", TWICE],
  ["/notes/%%32%65%%32%65/admin", TWICE],
  ["/notes/%2%65%2%65/admin", TWICE],
  ["/notes/public%25%32%66admin", TWICE],
  ["/notes/%25%37%33ecret", TWICE],
  ["/notes/..%252fadmin", TWICE],
  ["/notes/%252Fadmin", TWICE],
  ["/notes/%255cadmin", TWICE],
  ["/notes/%2561dmin", TWICE],
  ["/notes/a%2500", TWICE],
  ["/notes/%253badmin", TWICE],
  ["/notes/%25c0%25ae%25c0%25ae/admin", TWICE],
  ["/notes/%c0%ae%c0%ae/admin", BYTES],
  ["/notes/%c0%afadmin", BYTES],
  ["/notes/%e0%80%ae/admin", BYTES],
  ["/notes/%ff", BYTES],
])("%s: %s, lenient or not", (path, expected) => {
  const url = `http://notes.example${path}`;
  expect([trickIn(url, false), trickIn(url, true)]).toEqual([expected, expected]);
});

test.each([
  ["/notes/a%2Fb", "an encoded slash"],
  ["/notes//admin", "an empty segment"],
  ["//notes/admin", "an empty segment"],
  ["/notes/admin;x=1", "a semicolon"],
  ["/notes/admin%3Bx", "a semicolon"],
])("%s: %s, unless an upstream is lenient", (path, expected) => {
  const url = `http://notes.example${path}`;
  expect([trickIn(url, false), trickIn(url, true)]).toEqual([expected, undefined]);
});
