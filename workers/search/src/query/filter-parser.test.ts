import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { FIELDS, isFieldName, isIntegerField } from "../model/fields.ts";
import { type Filter, type Operand, printFilter } from "./filter.ts";
import { parseFilter } from "./filter-parser.ts";

const parsed = (source: string): Filter => {
  const result = parseFilter(source);
  if (!result.ok) throw new Error(result.error.detail);
  return result.value;
};

const faultOf = (source: string): string => {
  const result = parseFilter(source);
  return result.ok ? `no fault: ${JSON.stringify(result.value)}` : result.error.detail;
};

const value = (of: string | number): Operand => ({ kind: "value", value: of });

describe("a filter", () => {
  test.each<[string, Filter]>([
    ["text:dog", { kind: "match", field: "text", operator: ":", operands: [value("dog")] }],
    ["element_type:=action", { kind: "match", field: "element_type", operator: ":=", operands: [value("action")] }],
    ["element_type:! action", { kind: "match", field: "element_type", operator: ":!", operands: [value("action")] }],
    ["element_type :!= action", { kind: "match", field: "element_type", operator: ":!=", operands: [value("action")] }],
    ["script_id: 7", { kind: "match", field: "script_id", operator: ":", operands: [value(7)] }],
    ["script_id:=-7", { kind: "match", field: "script_id", operator: ":=", operands: [value(-7)] }],
    ["element_id:>5", { kind: "compare", field: "element_id", operator: ":>", value: 5 }],
    ["element_id: >= 5", { kind: "compare", field: "element_id", operator: ":>=", value: 5 }],
    ["updated_at:<1700000000", { kind: "compare", field: "updated_at", operator: ":<", value: 1_700_000_000 }],
    ["updated_at:<=0", { kind: "compare", field: "updated_at", operator: ":<=", value: 0 }],
    [
      "id:=[a,b , c d]",
      { kind: "match", field: "id", operator: ":=", operands: [value("a"), value("b"), value("c d")] },
    ],
    ["id:=action:5", { kind: "match", field: "id", operator: ":=", operands: [value("action:5")] }],
    ["text:Trail*", { kind: "match", field: "text", operator: ":", operands: [{ kind: "prefix", value: "Trail" }] }],
    [
      "text:=`a && (b) || \\`c\\``",
      { kind: "match", field: "text", operator: ":=", operands: [value("a && (b) || `c`")] },
    ],
    ["id:*", { kind: "match", field: "id", operator: ":", operands: [{ kind: "prefix", value: "" }] }],
    ["id:=`*`", { kind: "match", field: "id", operator: ":=", operands: [value("*")] }],
    ["text:*", { kind: "match", field: "text", operator: ":", operands: [value("*")] }],
    ["text:=`star*`", { kind: "match", field: "text", operator: ":=", operands: [value("star*")] }],
    ["text:=AT&T and more", { kind: "match", field: "text", operator: ":=", operands: [value("AT&T and more")] }],
    [
      "sequence_number:[1..5, 9]",
      {
        kind: "match",
        field: "sequence_number",
        operator: ":",
        operands: [{ kind: "range", from: 1, to: 5 }, value(9)],
      },
    ],
  ])("reads %s", (source, filter) => {
    expect(parsed(source)).toEqual(filter);
  });

  const [a, b, c] = ["id:=a", "id:=b", "id:=c"].map(parsed);

  test.each([
    ["id:=a && id:=b && id:=c", { kind: "and", items: [a, b, c] }],
    ["id:=a || id:=b || id:=c", { kind: "or", items: [a, b, c] }],
    ["id:=a || id:=b && id:=c", { kind: "and", items: [{ kind: "or", items: [a, b] }, c] }],
    ["id:=a && id:=b || id:=c", { kind: "or", items: [{ kind: "and", items: [a, b] }, c] }],
    ["id:=a || (id:=b && id:=c)", { kind: "or", items: [a, { kind: "and", items: [b, c] }] }],
    ["((id:=a))", a],
  ])("binds && and || equally, from the left, unless parentheses say otherwise: %s", (source, filter) => {
    expect(parsed(source)).toEqual(filter);
  });
});

describe("what is not a filter is refused with the place and the reason", () => {
  test.each([
    ["nope:1", "there is no field `nope`, named at character 1"],
    ["__proto__:1", "there is no field `__proto__`, named at character 1"],
    ["id:=a && price", "there is no field `price`, named at character 10"],
    ["script_id", "`:`, `:=`, `:!=`, `:!`, `:>`, `:>=`, `:<` or `:<=` is expected at character 10"],
    ["script_id:", "a value is expected at character 11"],
    ["script_id:abc", "`script_id` requires whole numbers at character 11"],
    ["script_id:1.5", "`script_id` requires whole numbers at character 11"],
    ["script_id:99999999999999999999", "`script_id` requires numbers of at most 64 bits at character 11"],
    ["script_id:1..5", "`[` before a range is expected at character 11"],
    ["script_id:[1..2..3]", "one number or one range is expected at character 12"],
    ["script_id:>[1]", "`script_id` requires whole numbers at character 12"],
    ["text:>5", "`text` holds text, for which only :, := and :!= are, found :> at character 5"],
    ["(script_id:>1", "`)`, `&&` or `||` is expected at character 14"],
    ["script_id:>1)", "`&&` or `||` is expected at character 13"],
    ["id:=[a", "`,` or `]` is expected at character 7"],
    ["id:=[]", "a value is expected at character 6"],
    ["id:=`a", "a value in backticks that is never closed, begun at character 5"],
    ["id:=a &&", "a field's name or `(` is expected at character 9"],
    ["&& id:=a", "a field's name or `(` is expected at character 1"],
    ["", "a field's name or `(` is expected at character 1"],
    ["id:=a (id:=b)", "`&&` or `||` is expected at character 7"],
    [`${"(".repeat(21)}id:=a${")".repeat(21)}`, "more than 20 nested parentheses at character 21"],
    [`id:=[${Array(251).fill("a").join(",")}]`, "more than 250 values, the surplus at character 506"],
  ])("%s", (source, detail) => {
    expect(faultOf(source)).toBe(detail);
  });
});

const textOperand = fc.oneof(
  fc.record({ kind: fc.constant("value" as const), value: fc.string({ unit: "binary" }) }),
  fc.record({ kind: fc.constant("prefix" as const), value: fc.string({ unit: "grapheme" }) }),
);
const whole = fc.maxSafeInteger().map((number) => number + 0);
const integerOperand = fc.oneof(
  fc.record({ kind: fc.constant("value" as const), value: whole }),
  fc.record({ kind: fc.constant("range" as const), from: whole, to: whole }),
);
const names = Object.keys(FIELDS).filter(isFieldName);
const match = fc.constantFrom(...names).chain((field) =>
  fc.record({
    kind: fc.constant("match" as const),
    field: fc.constant(field),
    operator: fc.constantFrom(":" as const, ":=" as const, ":!" as const, ":!=" as const),
    operands: fc.array<Operand>(isIntegerField(field) ? integerOperand : textOperand, { minLength: 1, maxLength: 4 }),
  }),
);
const compare = fc.record({
  kind: fc.constant("compare" as const),
  field: fc.constantFrom(...names.filter(isIntegerField)),
  operator: fc.constantFrom(":>" as const, ":>=" as const, ":<" as const, ":<=" as const),
  value: whole,
});
const { filter: anyFilter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    match,
    compare,
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      items: fc.array(tie("filter"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

describe("for every input", () => {
  test("printing a filter and reading it again gives the same filter", () => {
    fc.assert(
      fc.property(anyFilter, (filter) => {
        expect(parseFilter(printFilter(filter))).toEqual({ ok: true, value: filter });
      }),
      { numRuns: 1_000 },
    );
  });

  test("the parser answers, and never throws", () => {
    const pieces = fc.constantFrom(
      "id",
      "text",
      "script_id",
      ":",
      "=",
      "!=",
      ">",
      "[",
      "]",
      "(",
      ")",
      "&&",
      "||",
      "`",
      "\\",
      ",",
      "..",
      "*",
      " ",
      "7",
    );
    const source = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(pieces).map((parts) => parts.join("")),
    );
    fc.assert(
      fc.property(source, (text) => {
        const result = parseFilter(text);
        expect(result.ok ? printFilter(result.value) : result.error.detail).not.toBe("");
      }),
      { numRuns: 5_000 },
    );
  });
});
