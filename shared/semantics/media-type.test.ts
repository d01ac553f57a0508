import { describe, expect, test } from "vitest";
import { growsLinearly } from "../../tests/support/growth.ts";
import { parseMediaType, parseMediaTypes, trimBlanks } from "./media-type.ts";

describe("a media type", () => {
  test.each([
    ["application/json", {}],
    ["Application/JSON", {}],
    ["application/json;", {}],
    ["application/json ; ; ;", {}],
    [" \tapplication/json\t", {}],
    ["application/json ; charset=utf-8", { charset: "utf-8" }],
    ["application/json;CHARSET=UTF-8", { charset: "UTF-8" }],
    ['application/json\t;\tcharset="utf-8"', { charset: "utf-8" }],
    ['application/json; a="x;y,z\\"\\\\" ;charset=utf-8', { a: 'x;y,z"\\', charset: "utf-8" }],
    ["application/json;charset=utf-8;charset=utf-16", { charset: "utf-8" }],
  ])("is read from %j", (text, parameters) => {
    const parsed = parseMediaType(text);
    expect(parsed?.type).toBe("application/json");
    expect(Object.fromEntries(parsed?.parameters ?? [])).toEqual(parameters);
  });

  test.each([
    "",
    "json",
    "application/",
    "/json",
    "application /json",
    "application/json, text/plain",
    "application/json text",
    "application/json; charset",
    "application/json; charset = utf-8",
    'application/json; charset="utf-8',
    "application/json; charset=",
    "applicätion/json",
  ])("is not read from %j", (text) => {
    expect(parseMediaType(text)).toBeUndefined();
  });

  test.each([";", '"', "\\", " ", 'a="b";', ",", "a/"])("is read in linear time from many %j", (repeated) => {
    expect(growsLinearly((size) => () => parseMediaTypes(`a/b${repeated.repeat(size)}`))).toBe(true);
  });
});

test("a list of media ranges leaves out what is none", () => {
  const types = parseMediaTypes('text/html, bad, */*;q=0.1,, a/b;x=","').map(({ type }) => type);
  expect(types).toEqual(["text/html", "*/*", "a/b"]);
});

test.each([
  ["", ""],
  [" \t ", ""],
  ["a b", "a b"],
  ["\t a \u00a0", "a \u00a0"],
])("only blanks and tabs around a value are no part of it: %j", (value, trimmed) => {
  expect(trimBlanks(value)).toBe(trimmed);
});
