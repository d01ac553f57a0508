import { describe, expect, test } from "vitest";
import { growsLinearly } from "../../tests/support/growth.ts";
import {
  assertParsableBody,
  jsonFault,
  MAX_JSON_DEPTH,
  MAX_JSON_NUMBER_CHARACTERS,
  MAX_JSON_VALUES,
} from "./json-body.ts";

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
const list = (length: number, element: string): string => `[${Array(length).fill(element)}]`;
const TOO_DEEP = "The JSON body nests deeper than 32 levels.";
const TOO_MANY = "The JSON body has more than 32768 values.";

describe("a text of JSON", () => {
  test("may nest as deeply as the bound, wherever it does", () => {
    expect(jsonFault(nested(MAX_JSON_DEPTH))).toBeUndefined();
    expect(jsonFault(nested(MAX_JSON_DEPTH + 1))).toBe(TOO_DEEP);
    expect(jsonFault(`{"a":${'{"a":'.repeat(MAX_JSON_DEPTH)}`)).toBe(TOO_DEEP);
    expect(jsonFault(`{"a":[0,${nested(MAX_JSON_DEPTH)}]}`)).toBe(TOO_DEEP);
    expect(jsonFault(list(1_000, nested(MAX_JSON_DEPTH - 1)))).toBe(undefined);
  });

  test("may have as many values as the bound, whatever they are", () => {
    expect(jsonFault(list(MAX_JSON_VALUES - 1, "0"))).toBeUndefined();
    expect(jsonFault(list(MAX_JSON_VALUES, "0"))).toBe(TOO_MANY);
    expect(jsonFault(list(MAX_JSON_VALUES / 2, "{}"))).toBe(TOO_MANY);
    expect(jsonFault(`{${Array.from({ length: MAX_JSON_VALUES }, (_, at) => `"m${at}":null`)}}`)).toBe(TOO_MANY);
  });

  test("may have no longer numbers than the bound", () => {
    const digits = "1".repeat(MAX_JSON_NUMBER_CHARACTERS);
    expect(jsonFault(`{"a": [-1.5e+300, ${digits},${digits}\n],"b":${digits}}`)).toBeUndefined();
    for (const text of [`${digits}1`, `[0,${digits}e]`, `{"a":${digits}1}`, `{"a": ${digits}1}`])
      expect(jsonFault(text)).toBe("The JSON body has a number of more than 256 characters.");
  });

  test.each([
    ['{"roles":["user"],"roles":["user","auditor"]}', "roles"],
    ['{"a":{"b":[{"c":1 , "d":2,\n"c" : 3}]}}', "c"],
    ['{"role":1,"r\\u006fle":2}', "role"],
    ['{"__proto__":1,"__proto__":2}', "__proto__"],
    ['[{"":1},{"":1,"":2}]', ""],
  ])("has no member twice in one object: %s", (text, name) => {
    expect(jsonFault(text)).toBe(`The JSON body has the member "${name}" twice in one object: send it once.`);
  });

  test("may have a member's name in several objects, in lists and as a value", () => {
    expect(jsonFault('{"a":{"a":["a","a",{"a":"a"}]},"b":{"a":"a:a"},"c":[{"a":1},{"a":2}]}')).toBeUndefined();
  });

  test("may have any characters in its strings", () => {
    const marks = '[{,\\"\\\\'.repeat(MAX_JSON_VALUES);
    expect(jsonFault(`{"${marks}":"${marks}"}`)).toBeUndefined();
    expect(jsonFault(`"\\\\",${nested(MAX_JSON_DEPTH + 1)}`)).toBe(TOO_DEEP);
    expect(jsonFault('"never closed [[[')).toBeUndefined();
    expect(jsonFault('"\\')).toBeUndefined();
  });

  test.each(["[]", '{"a":', '"a":', '"', '\\"', "}", "x", "\u00e9", '{"a":0}', ""])(
    "of %j is looked at in linear time",
    (repeated) => {
      expect(growsLinearly((size) => () => jsonFault(repeated.repeat(size)))).toBe(true);
    },
  );
});

describe("a body", () => {
  const deep = nested(1_000);
  const assert = (method: string, consumes?: string) =>
    assertParsableBody({ method, text: async () => deep }, { caller: "anyone", ...(consumes && { consumes }) });

  test.each<[string, string?]>([["POST"], ["DELETE"], ["POST", "*/*"]])(
    "that is parsed as JSON is refused: %s %s",
    async (...given) => {
      await expect(assert(...given)).rejects.toMatchObject({ code: "malformed-request", detail: TOO_DEEP });
    },
  );

  test.each<[string, string?]>([["GET"], ["POST", "text/plain"], ["POST", "application/x-www-form-urlencoded"]])(
    "that is not is left alone: %s %s",
    async (...given) => {
      await expect(assert(...given)).resolves.toBeUndefined();
    },
  );
});
