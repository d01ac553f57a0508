import { expect, test } from "vitest";
import { z } from "zod";
import { integer, list, text } from "../contracts/input.ts";
import { useFieldMessages } from "./field-messages.ts";
import { countParameter } from "./openapi.ts";

useFieldMessages();

const messageOf = (schema: z.ZodType, input: unknown): string | undefined =>
  schema.safeParse(input).error?.issues[0]?.message;

test.each<[string, z.ZodType, unknown]>([
  ["required", z.string(), undefined],
  ["must be a string", z.string(), 5],
  ["must be a number", countParameter({ min: 1, max: 9 }), "abc"],
  ["must be an integer", integer({ min: 1, max: 9 }), 1.5],
  ["must be at least 1", integer({ min: 1, max: 9 }), 0],
  ["must be at most 9", integer({ min: 1, max: 9 }), 10],
  ["must be true or false", z.boolean(), "yes"],
  ["must be an array", list(z.string(), { max: 2 }), {}],
  ["must have at most 2 items", list(z.string(), { max: 2 }), ["a", "b", "c"]],
  ["must be an object", z.strictObject({}), []],
  ["must have at least 1 character", text({ min: 1, max: 9 }), ""],
  ["must be one of action, section", z.enum(["action", "section"]), "scene"],
  ["must be ok", z.literal("ok"), "no"],
])("says %j", (message, schema, input) => {
  expect(messageOf(schema, input)).toBe(message);
});

test("leaves a schema its own words", () => {
  expect(messageOf(z.string("must be a name"), 5)).toBe("must be a name");
});
