import { describe, expect, test } from "vitest";
import { parsePattern, readingsOf, segmentsOf } from "./pattern.ts";

const match = (pattern: string, method: string, path: string) => parsePattern(pattern)?.match(method, segmentsOf(path));

describe("a pattern", () => {
  test.each([
    ["GET /items", "GET", "/items", {}],
    ["GET /items", "HEAD", "/items", {}],
    ["GET /items", "POST", "/items", undefined],
    ["* /items", "DELETE", "/items", {}],
    ["GET /items", "GET", "/items/", {}],
    ["GET /items", "GET", "//items", {}],
    ["GET /items", "GET", "/items/1", undefined],
    ["GET /items/{id}", "GET", "/items/a%20b", { id: "a b" }],
    ["GET /items/{id}", "GET", "/items", undefined],
    ["GET /items/*", "GET", "/items/1", {}],
    ["* /**", "GET", "/", {}],
    ["* /notes/**", "GET", "/notes", {}],
    ["* /notes/**", "GET", "/notes/a/b", {}],
    ["* /notes/**", "GET", "/notesx", undefined],
    ["* /files/{path+}", "GET", "/files/a/b%2Fc", { path: "a/b/c" }],
    ["* /files/{path+}", "GET", "/files", undefined],
    ["* /**/raw", "GET", "/a/b/raw", {}],
    ["* /a/**/a", "GET", "/a", undefined],
    ["* /users/{id}/**", "PUT", "/users/7/notes/1", { id: "7" }],
    ["GET /caf%C3%A9", "GET", "/caf%c3%a9", {}],
    ["GET /a:b", "GET", "/a%3Ab", {}],
    ["GET /a%3ab", "GET", "/a:b", {}],
  ])("%s: %s %s", (pattern, method, path, expected) => {
    expect(match(pattern, method, path)).toEqual(expected);
  });

  test.each([
    "",
    "GET",
    "/items",
    "get /items",
    "GET items",
    "GET /a b",
    "GET /{1}",
    "GET /a{id}",
    "* /**/x/**",
    "GET /%zz\n",
  ])("is none: %j", (text) => {
    expect(parsePattern(text)).toBeUndefined();
  });
});

test.each([
  ["/a/b", ["a/b"]],
  ["/a%2Fb", ["a%2Fb", "a%2Fb", "a/b", "a/b", "a/b"]],
  ["/a;x=1/b", ["a;x=1/b", "a/b", "a;x=1/b", "a/b", "a/b"]],
  ["/a;x%2Fy/b", ["a;x%2Fy/b", "a/b", "a;x/y/b", "a/b", "a/y/b"]],
])("%s is read as services do", (path, expected) => {
  expect(readingsOf(path).map((segments) => segments.map((one) => one.replaceAll("/", "%2F")).join("/"))).toEqual(
    expected,
  );
});
