/** Examples of what the schemas of the document describe. */
import {
  type ApiDocument,
  listIn,
  type Media,
  membersIn,
  objectIn,
  type Parameter,
  resolve,
  type Schema,
} from "./openapi.ts";

const MAX_DEPTH = 4;

/** The first of its types. */
export const typeOf = ({ type, properties }: Schema): string | undefined =>
  [type ?? (properties ? "object" : "string")].flat()[0];

/** What the schema says itself. */
const saidBy = (schema: Schema): unknown => {
  const [first] = Array.isArray(schema.examples) ? schema.examples : [];
  const said = [schema.example, first, schema.default, schema.const, listIn(schema.enum)[0]];
  return said.find((example) => example !== undefined);
};

const exampleOf = (given: Schema, schemas: Record<string, Schema>, depth = 0): unknown => {
  const schema: Schema = objectIn(resolve(objectIn(given), schemas));
  const inner = (part: Schema): unknown => exampleOf(part, schemas, depth + 1);
  const said = saidBy(schema);
  if (said !== undefined) return said;
  const [choice] = listIn(schema.oneOf ?? schema.anyOf);
  if (choice) return depth > MAX_DEPTH ? null : inner(choice);
  if (schema.allOf) return depth > MAX_DEPTH ? {} : Object.assign({}, ...listIn(schema.allOf).map(inner));
  const type = typeOf(schema);
  if (type === "object") {
    const wanted = membersIn(schema.properties).filter(([name]) => listIn(schema.required).includes(name));
    return depth > MAX_DEPTH ? {} : Object.fromEntries(wanted.map(([name, part]) => [name, inner(part)]));
  }
  if (type === "array") return depth > MAX_DEPTH || !schema.items ? [] : [inner(schema.items)];
  if (type === "integer" || type === "number") return (schema.minimum ?? 0) > 0 ? schema.minimum : 1;
  return type === "boolean" ? false : "";
};

const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\b/i;
export const isJson = (mediaType: string): boolean => JSON_TYPE.test(mediaType);

/** The example that the document has; `undefined` where it has none. */
export const givenExample = ({ example, examples }: Media): unknown => example ?? membersIn(examples)[0]?.[1].value;

/** An example of a body, as text, made of its schema where the document has none; empty without both. */
export const exampleText = (mediaType: string, media: Media, { components }: ApiDocument): string => {
  const value = givenExample(media) ?? exampleOf(media.schema ?? {}, components.schemas);
  if (isJson(mediaType)) return JSON.stringify(value, null, 2);
  if (mediaType === "application/x-www-form-urlencoded" && typeof value === "object")
    return new URLSearchParams({ ...value }).toString();
  return typeof value === "string" ? value : "";
};

/** An example of a parameter, as text; empty where the document has none. */
export const parameterExample = ({ example, schema }: Parameter, { components }: ApiDocument): string => {
  const said = example ?? saidBy(objectIn(resolve(objectIn(schema), components.schemas)));
  return said === undefined || said === null || typeof said === "object" ? "" : String(said);
};
