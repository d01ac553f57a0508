import { expect, test } from "vitest";
import { z } from "zod";
import { list, record, text } from "../contracts/input.ts";
import { fieldErrors } from "./field-errors.ts";
import { useFieldMessages } from "./field-messages.ts";

useFieldMessages();

const pointersOf = (schema: z.ZodType, input: unknown): string[] =>
  fieldErrors("json", schema.safeParse(input).error?.issues ?? []).map(({ pointer }) => pointer);

const shapes = z.union([
  z.strictObject({ value: text({ max: 3 }) }),
  z.strictObject({ path: text({ max: 3 }), version: z.int().optional() }),
]);

test.each([
  [{ value: "long" }, ["#/value"]],
  [{ path: "long", version: "1" }, ["#/path", "#/version"]],
  [{ path: "a", other: 1 }, ["#/other"]],
  [[], ["#"]],
])("of several allowed shapes, the faults are those of the closest: %j", (input, expected) => {
  expect(pointersOf(shapes, input)).toEqual(expected);
});

test("a field with several faults has one entry, the first", () => {
  const schema = z.object({ name: z.string().regex(/x/, "first").regex(/y/, "second"), other: z.int() });
  const { error } = schema.safeParse({ name: "", other: "" });
  expect(fieldErrors("json", error?.issues ?? [])).toMatchObject([
    { pointer: "#/name", detail: "first" },
    { pointer: "#/other" },
  ]);
});

const name = text({ min: 2, max: 9 }).regex(/^[a-z]+$/, "must be lower-case letters");
const named = z.strictObject({ effect: z.enum(["allow", "deny"]), note: text({ min: 2, max: 9 }).optional() });
const one = z.union([name, named]);
const several = z.union([name, named, list(one, { min: 1, max: 3 })]);
const names = record(name, name, 3);

test.each<[z.ZodType, unknown, string[]]>([
  // Of what the input's type has one form, its faults.
  [one, "UP", ["# must be lower-case letters"]],
  [one, { effect: "permit" }, ["#/effect must be one of allow, deny"]],
  [several, [], ["# must have at least 1 item"]],
  [several, ["a name", { effect: "deny", nota: 1 }], ["#/0 must be lower-case letters", "#/1/nota unknown member"]],
  // Of what it has several or none, what they are.
  [one, 5, ["# must be a string, or an object"]],
  [several, null, ["# must be a string, or an object, or an array"]],
  [z.union([z.literal(1), z.literal(2)]), 3, ["# must be 1, or 2"]],
  // A number of characters is said where nothing better is.
  [name, "", ["# must be lower-case letters"]],
  [named, { effect: "deny", note: "" }, ["#/note must have at least 2 characters"]],
  [name, "lengthy and more", ["# must have at most 9 characters"]],
  // A name is pointed at like what it names.
  [names, { UP: "down" }, ["#/UP its name must be lower-case letters"]],
  [names, { "a/b": "down" }, ["#/a~1b its name must be lower-case letters"]],
])("says what is meant to be there", (schema, input, expected) => {
  const errors = fieldErrors("json", schema.safeParse(input).error?.issues ?? []);
  expect(errors.map(({ pointer, detail }) => `${pointer} ${detail}`)).toEqual(expected);
});

test("pointers into other parts of the request name the part", () => {
  const { error } = z.object({ "a/b~c": z.int() }).safeParse({});
  expect(fieldErrors("header", error?.issues ?? [])).toMatchObject([{ pointer: "#/header/a~1b~0c" }]);
});
