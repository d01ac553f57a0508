/**
 * JSON Schemas of a service's document, made ready for validation: only what is known is kept, so that nothing in a document
 * can make validation fail or take long. Every schema that has others inside stands in one list, by which evaluations are
 * counted.
 */
import type { Schema } from "@cfworker/json-schema";
import { atReference, type OpenApiDocument, resolved } from "./document.ts";
import { isObject, isText, listOf, member, membersOf } from "./json.ts";
import { isSafePattern } from "./pattern-safety.ts";

/** In one document. */
const MAX_SCHEMAS = 20_000;
/** Items are compared with each other. */
const MAX_UNIQUE_ITEMS = 1_000;

const isNumber = (value: unknown): boolean => typeof value === "number";
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;
const isTextList = (value: unknown): boolean => Array.isArray(value) && value.every(isText);

/** What is kept as it is, where it is of the right kind. `format` is not: services disagree about what fits one. */
const KEPT: Readonly<Record<string, (value: unknown) => boolean>> = {
  type: (value) => isText(value) || isTextList(value),
  enum: Array.isArray,
  const: () => true,
  dependentRequired: (value) => isObject(value) && Object.values(value).every(isTextList),
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => isNumber(value) && Number(value) > 0,
  minProperties: isCount,
  maxProperties: isCount,
  minItems: isCount,
  maxItems: isCount,
  minLength: isCount,
  maxLength: isCount,
  pattern: (value) => isText(value) && isSafePattern(value),
};

const SINGLE = [
  "not",
  "if",
  "then",
  "else",
  "items",
  "additionalProperties",
  "unevaluatedProperties",
  "unevaluatedItems",
  "propertyNames",
];
const LISTS = ["allOf", "anyOf", "oneOf", "prefixItems"];
const MAPS = ["properties", "dependentSchemas"];

/** By its reference, or the number that it was given. */
export type SchemaList = Record<string, Schema>;

export interface Schemas {
  /** Adds the schema, and all that it refers to. Throws where there are too many. */
  add(schema: unknown): Schema | boolean;
  readonly list: SchemaList;
}

export const createSchemas = (document: OpenApiDocument): Schemas => {
  const list: SchemaList = Object.create(null);
  let count = 0;
  let named = 0;

  /** Readers alone see a member that is `readOnly`: in a request it is not required. */
  const requiredOf = (schema: unknown): unknown[] | undefined => {
    const required = member(schema, "required");
    if (!Array.isArray(required)) return undefined;
    const isReadOnly = (name: string): boolean =>
      member(resolved(document, member(member(schema, "properties"), name)), "readOnly") === true;
    return required.filter((name) => isText(name) && !isReadOnly(name));
  };

  const partsOf = (schema: unknown): Schema => {
    const prepared: Schema = {};
    for (const [name, isUsable] of Object.entries(KEPT)) {
      const value = member(schema, name);
      if (value !== undefined && isUsable(value)) prepared[name] = value;
    }
    for (const name of SINGLE) {
      const part = member(schema, name);
      if (part !== undefined) prepared[name] = add(part);
    }
    for (const name of LISTS) {
      const parts = member(schema, name);
      if (Array.isArray(parts) && parts.length > 0) prepared[name] = parts.map(add);
    }
    for (const name of MAPS) {
      const parts = member(schema, name);
      if (isObject(parts)) prepared[name] = Object.fromEntries(membersOf(parts).map(([key, part]) => [key, add(part)]));
    }
    return prepared;
  };

  const prepare = (schema: unknown): Schema => {
    count += 1;
    if (count > MAX_SCHEMAS) throw new Error(`it has more than ${MAX_SCHEMAS} schemas`);
    const prepared = partsOf(schema);
    const required = requiredOf(schema);
    if (required) prepared.required = required.map(String);
    if (
      member(schema, "uniqueItems") === true &&
      Number(prepared.maxItems ?? Number.POSITIVE_INFINITY) <= MAX_UNIQUE_ITEMS
    )
      prepared.uniqueItems = true;
    const patterns = membersOf(member(schema, "patternProperties"));
    if (patterns.every(([pattern]) => isSafePattern(pattern))) {
      if (patterns.length > 0)
        prepared.patternProperties = Object.fromEntries(patterns.map(([pattern, part]) => [pattern, add(part)]));
    } else {
      // Which members are additional cannot be known.
      delete prepared.additionalProperties;
      delete prepared.unevaluatedProperties;
    }
    const reference = member(schema, "$ref");
    if (reference !== undefined) prepared.$ref = refer(reference);
    return prepared;
  };

  /** The name of what is at the reference; one to elsewhere fits everything. */
  const refer = (reference: unknown): string => {
    const target = atReference(document, reference);
    const name = target === undefined ? "#" : String(reference);
    if (list[name] !== undefined) return name;
    // It may refer to itself.
    list[name] = {};
    if (target !== undefined) Object.assign(list[name], prepare(target));
    return name;
  };

  const add = (schema: unknown): Schema | boolean => {
    if (typeof schema === "boolean") return schema;
    const prepared = prepare(schema);
    if (Object.keys(prepared).length === 0) return true;
    if (Object.keys(prepared).every((name) => name in KEPT || name === "required")) return prepared;
    named += 1;
    const name = `#${named}`;
    list[name] = prepared;
    return { $ref: name };
  };

  return { add, list };
};

/** What kinds of values a schema allows, as far as it says so. */
export const typesOf = (document: OpenApiDocument, schema: unknown, depth = 0): ReadonlySet<string> => {
  const at = resolved(document, schema);
  if (at === undefined || depth > 8) return new Set();
  const own = [at["type"]].flat().filter(isText);
  const inner = [...listOf(at["anyOf"]), ...listOf(at["oneOf"]), ...listOf(at["allOf"])].flatMap((part) => [
    ...typesOf(document, part, depth + 1),
  ]);
  return new Set([...own, ...inner]);
};

/** The schema of an array's items, of the first array that a schema allows. */
export const itemsOf = (document: OpenApiDocument, schema: unknown, depth = 0): unknown => {
  const at = resolved(document, schema);
  if (at === undefined || depth > 8) return undefined;
  if (at["items"] !== undefined) return at["items"];
  return [...listOf(at["anyOf"]), ...listOf(at["oneOf"]), ...listOf(at["allOf"])]
    .map((part) => itemsOf(document, part, depth + 1))
    .find((items) => items !== undefined);
};
