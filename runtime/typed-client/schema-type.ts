/** JSON Schema, as far as the API document uses it, as TypeScript types. What it does not know it refuses. */

export type Schema = Record<string, unknown>;

/** What a value's type does not show: its bounds, and what is said about it. */
const WITHOUT_TYPE = new Set([
  "default",
  "description",
  "example",
  "format",
  "maxItems",
  "maxLength",
  "maxProperties",
  "maximum",
  "minItems",
  "minLength",
  "minimum",
  "pattern",
]);
const WITH_TYPE = new Set([
  "$ref",
  "additionalProperties",
  "allOf",
  "anyOf",
  "enum",
  "items",
  "prefixItems",
  "properties",
  "required",
  "type",
]);

const SCALARS: Record<string, string> = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
};

const REFERENCE = "#/components/schemas/";

export const isSchema = (value: unknown): value is Schema =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/** A name as a member of an interface. */
export const memberName = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));

/** The lines of a block, a step further in. */
export const indented = (lines: string): string => lines.replace(/^(?=.)/gm, "  ");

const block = (members: readonly string[]): string =>
  members.length === 0 ? "{}" : `{\n${indented(members.join("\n"))}\n}`;

const union = (types: readonly string[]): string => [...new Set(types)].join(" | ");

/** As a part of a list or an intersection. */
const partType = (schema: unknown): string => {
  const { enum: values, anyOf, type } = isSchema(schema) ? schema : {};
  const isUnion = [values, anyOf, type].some((alternatives) => Array.isArray(alternatives) && alternatives.length > 1);
  return isUnion ? `(${typeOf(schema)})` : typeOf(schema);
};

/** Of the members that have no name here. Those that have one must fit it too, so it says nothing where there are any. */
const othersType = ({ properties, additionalProperties: others }: Schema): string | undefined => {
  if (others === undefined) return properties === undefined ? "unknown" : undefined;
  if (others === false) return undefined;
  return properties === undefined ? typeOf(others) : "unknown";
};

const objectType = (schema: Schema): string => {
  const required = new Set(listOf(schema["required"]));
  const members = Object.entries(isSchema(schema["properties"]) ? schema["properties"] : {}).map(([name, value]) =>
    required.has(name)
      ? `${memberName(name)}: ${typeOf(value)};`
      : `${memberName(name)}?: ${union([typeOf(value), "undefined"])};`,
  );
  const others = othersType(schema);
  return block(others === undefined ? members : [...members, `[name: string]: ${others};`]);
};

const arrayType = ({ items, prefixItems }: Schema): string =>
  prefixItems === undefined
    ? `${items === undefined ? "unknown" : partType(items)}[]`
    : `[${listOf(prefixItems).map(typeOf).join(", ")}]`;

const namedType = (name: unknown, schema: Schema): string => {
  if (name === "object") return objectType(schema);
  if (name === "array") return arrayType(schema);
  const scalar = SCALARS[String(name)];
  if (scalar === undefined) throw new Error(`the type ${JSON.stringify(name)} is unknown`);
  return scalar;
};

/** The type of values that fit a schema, in as many lines as it takes. Throws where the schema has an unknown keyword. */
export const typeOf = (schema: unknown): string => {
  if (schema === true) return "unknown";
  if (!isSchema(schema)) throw new Error(`${JSON.stringify(schema)} is no schema`);
  const unknown = Object.keys(schema).filter((keyword) => !WITHOUT_TYPE.has(keyword) && !WITH_TYPE.has(keyword));
  if (unknown.length > 0) throw new Error(`the keyword ${unknown.join(", ")} is unknown: ${JSON.stringify(schema)}`);
  const { $ref: reference, enum: values, anyOf, allOf, type } = schema;
  if (typeof reference === "string") return `Schemas[${JSON.stringify(reference.slice(REFERENCE.length))}]`;
  if (Array.isArray(values)) return union(values.map((value) => JSON.stringify(value)));
  if (Array.isArray(anyOf)) return union(anyOf.map(typeOf));
  if (Array.isArray(allOf)) return allOf.map(partType).join(" & ");
  if (type === undefined) return "unknown";
  return union((Array.isArray(type) ? type : [type]).map((name) => namedType(name, schema)));
};
