/** What the page reads of /openapi.json, and examples of what its schemas describe. */

interface Reference {
  $ref?: string;
}

export interface Schema extends Reference {
  type?: string | string[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  example?: unknown;
  examples?: unknown[];
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
}

export interface Parameter extends Reference {
  name: string;
  in: "path" | "query" | "header";
  description?: string;
  required?: boolean;
}

export interface Operation {
  tags: string[];
  summary?: string;
  description?: string;
  security?: { accessToken?: string[]; apiKey?: string[] }[];
  "x-step-up"?: string;
  parameters?: Parameter[];
  requestBody?: { content?: Record<string, Media> };
  responses?: Record<string, { description?: string }>;
}

export interface Tag {
  name: string;
  description: string;
}

export interface ApiDocument {
  tags: Tag[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; parameters: Record<string, Parameter> };
}

/** What is at the reference, of the components of its kind; what is no reference stands for itself. */
export const resolve = <Thing extends Reference>(thing: Thing, components: Record<string, Thing>): Thing =>
  (thing.$ref === undefined ? undefined : components[thing.$ref.slice(thing.$ref.lastIndexOf("/") + 1)]) ?? thing;

const MAX_DEPTH = 4;

const typeOf = ({ type, properties }: Schema): string | undefined =>
  [type ?? (properties ? "object" : "string")].flat()[0];

const exampleOf = (given: Schema, schemas: Record<string, Schema>, depth = 0): unknown => {
  const schema = resolve(given, schemas);
  const inner = (part: Schema): unknown => exampleOf(part, schemas, depth + 1);
  const examples = [schema.example, schema.examples?.[0], schema.default, schema.const, schema.enum?.[0]];
  const said = examples.find((example) => example !== undefined);
  if (said !== undefined) return said;
  const choice = (schema.oneOf ?? schema.anyOf)?.[0];
  if (choice) return depth > MAX_DEPTH ? null : inner(choice);
  if (schema.allOf) return depth > MAX_DEPTH ? {} : Object.assign({}, ...schema.allOf.map(inner));
  const type = typeOf(schema);
  if (type === "object") {
    const wanted = Object.entries(schema.properties ?? {}).filter(([name]) => schema.required?.includes(name));
    return depth > MAX_DEPTH ? {} : Object.fromEntries(wanted.map(([name, part]) => [name, inner(part)]));
  }
  if (type === "array") return depth > MAX_DEPTH || !schema.items ? [] : [inner(schema.items)];
  if (type === "integer" || type === "number") return (schema.minimum ?? 0) > 0 ? schema.minimum : 1;
  return type === "boolean" ? false : "";
};

/** An example of a body, as text. */
export const exampleText = (
  mediaType: string,
  { example, schema = {} }: Media,
  { components }: ApiDocument,
): string => {
  const value = example ?? exampleOf(schema, components.schemas);
  if (mediaType === "application/json") return JSON.stringify(value, null, 2);
  if (mediaType === "application/x-www-form-urlencoded" && typeof value === "object")
    return new URLSearchParams({ ...value }).toString();
  return typeof value === "string" ? value : "";
};
