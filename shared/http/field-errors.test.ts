import { expect, test } from "vitest";
import { z } from "zod";
import { text } from "../contracts/input.ts";
import { fieldErrors } from "./field-errors.ts";

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
  const schema = z.object({ name: z.string().min(1, "first").regex(/x/, "second"), other: z.int() });
  const { error } = schema.safeParse({ name: "", other: "" });
  expect(fieldErrors("json", error?.issues ?? [])).toMatchObject([
    { pointer: "#/name", detail: "first" },
    { pointer: "#/other" },
  ]);
});

test("pointers into other parts of the request name the part", () => {
  const { error } = z.object({ "a/b~c": z.int() }).safeParse({});
  expect(fieldErrors("header", error?.issues ?? [])).toMatchObject([{ pointer: "#/header/a~1b~0c" }]);
});
