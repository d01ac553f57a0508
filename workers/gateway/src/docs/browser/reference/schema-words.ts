/** What a schema demands, in words. */
import { listIn, objectIn, resolve, type Schema, textIn } from "../document/openapi.ts";

type Schemas = Record<string, Schema>;

/** The name that the document has for what the schema refers to; empty without one. */
export const nameOf = ({ $ref }: Schema): string => {
  const name = textIn($ref);
  return name.slice(name.lastIndexOf("/") + 1);
};

const isNull = ({ type, const: only }: Schema): boolean => type === "null" || only === null;

/** Its alternatives, without `null`. */
export const choicesOf = (schema: Schema): Schema[] =>
  listIn(schema.oneOf ?? schema.anyOf).filter((choice) => !isNull(objectIn(choice)));

const TOO_DEEP = 3;

/** Its type, such as `array of string or null`. */
export const typeWords = (given: Schema, schemas: Schemas, depth = 0): string => {
  const schema: Schema = objectIn(resolve(objectIn(given), schemas));
  const alternatives = listIn(schema.oneOf ?? schema.anyOf);
  if (alternatives.length > 0 && depth < TOO_DEEP)
    return [...new Set(alternatives.map((choice) => typeWords(choice, schemas, depth + 1)))].join(" or ");
  if (schema.allOf) return "object";
  const types = [schema.type ?? []].flat().filter((type) => typeof type === "string");
  const named = types.map((type) =>
    type === "array" && schema.items && depth < TOO_DEEP
      ? `array of ${typeWords(schema.items, schemas, depth + 1)}`
      : type,
  );
  if (named.length > 0) return named.join(" or ");
  if (schema.properties) return "object";
  return schema.const === undefined && schema.enum === undefined ? "any" : "";
};

const count = (value: string, noun: string): string => `${value} ${noun}${value === "1" ? "" : "s"}`;

type Phrase = (value: string) => string;

/** By keyword. */
const PHRASES: readonly [keyof Schema, Phrase][] = [
  ["format", (value) => value],
  ["minimum", (value) => `at least ${value}`],
  ["exclusiveMinimum", (value) => `more than ${value}`],
  ["maximum", (value) => `at most ${value}`],
  ["exclusiveMaximum", (value) => `less than ${value}`],
  ["multipleOf", (value) => `a multiple of ${value}`],
  ["minLength", (value) => `at least ${count(value, "character")}`],
  ["maxLength", (value) => `at most ${count(value, "character")}`],
  ["minItems", (value) => `at least ${count(value, "item")}`],
  ["maxItems", (value) => `at most ${count(value, "item")}`],
  ["maxProperties", (value) => `at most ${count(value, "member")}`],
  ["pattern", (value) => `matches ${value}`],
];

/** Says nothing that anyone would look for. */
const isTrivial = (keyword: keyof Schema, value: unknown): boolean =>
  (keyword === "maximum" && value === Number.MAX_SAFE_INTEGER) || (keyword === "minLength" && value === 1);

const valueWords = (schema: Schema): string[] => {
  if (schema.const !== undefined) return [`always ${JSON.stringify(schema.const)}`];
  const allowed = listIn(schema.enum);
  if (allowed.length === 0) return [];
  const texts = allowed.map((value) => JSON.stringify(value));
  return [allowed.length === 1 ? `always ${texts[0]}` : `one of ${texts.join(", ")}`];
};

/** Its constraints, such as `at most 64 characters`. */
export const constraintsOf = (schema: Schema): string[] => {
  const phrases = PHRASES.flatMap(([keyword, phrase]) => {
    const value = schema[keyword];
    const isSaid = typeof value === "string" || typeof value === "number";
    return isSaid && !isTrivial(keyword, value) ? [phrase(String(value))] : [];
  });
  const unique = schema.uniqueItems === true ? ["no item twice"] : [];
  const byDefault = schema.default === undefined ? [] : [`default ${JSON.stringify(schema.default)}`];
  return [...valueWords(schema), ...phrases, ...unique, ...byDefault];
};
