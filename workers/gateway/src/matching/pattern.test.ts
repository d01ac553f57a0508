import { describe, expect, test } from "vitest";
import { parsePattern, segmentsOf } from "./pattern.ts";

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
