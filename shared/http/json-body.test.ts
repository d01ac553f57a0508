import { describe, expect, test } from "vitest";
import { growsLinearly } from "../../tests/support/growth.ts";
import {
  assertParsableBody,
  jsonExcess,
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
    expect(jsonExcess(nested(MAX_JSON_DEPTH))).toBeUndefined();
    expect(jsonExcess(nested(MAX_JSON_DEPTH + 1))).toBe(TOO_DEEP);
    expect(jsonExcess(`{"a":${'{"a":'.repeat(MAX_JSON_DEPTH)}`)).toBe(TOO_DEEP);
    expect(jsonExcess(`{"a":[0,${nested(MAX_JSON_DEPTH)}]}`)).toBe(TOO_DEEP);
    expect(jsonExcess(list(1_000, nested(MAX_JSON_DEPTH - 1)))).toBe(undefined);
  });

  test("may have as many values as the bound, whatever they are", () => {
    expect(jsonExcess(list(MAX_JSON_VALUES - 1, "0"))).toBeUndefined();
    expect(jsonExcess(list(MAX_JSON_VALUES, "0"))).toBe(TOO_MANY);
    expect(jsonExcess(list(MAX_JSON_VALUES / 2, "{}"))).toBe(TOO_MANY);
    expect(jsonExcess(`{${Array.from({ length: MAX_JSON_VALUES }, (_, at) => `"m${at}":null`)}}`)).toBe(TOO_MANY);
  });

  test("may have no longer numbers than the bound", () => {
    const digits = "1".repeat(MAX_JSON_NUMBER_CHARACTERS);
    expect(jsonExcess(`{"a": [-1.5e+300, ${digits},${digits}\n],"b":${digits}}`)).toBeUndefined();
    for (const text of [`${digits}1`, `[0,${digits}e]`, `{"a":${digits}1}`, `{"a": ${digits}1}`])
      expect(jsonExcess(text)).toBe("The JSON body has a number of more than 256 characters.");
  });

  test("may have any characters in its strings", () => {
    const marks = '[{,\\"\\\\'.repeat(MAX_JSON_VALUES);
    expect(jsonExcess(`{"${marks}":"${marks}"}`)).toBeUndefined();
    expect(jsonExcess(`"\\\\",${nested(MAX_JSON_DEPTH + 1)}`)).toBe(TOO_DEEP);
    expect(jsonExcess('"never closed [[[')).toBeUndefined();
    expect(jsonExcess('"\\')).toBeUndefined();
  });

  test.each(["[]", '"', '\\"', "}", "x", "\u00e9", '{"a":0}', ""])("of %j is looked at in linear time", (repeated) => {
    expect(growsLinearly((size) => () => jsonExcess(repeated.repeat(size)))).toBe(true);
  });
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
