/** OpenAPI documents of versions 3.0 and 3.1, as JSON, read as 3.1. */
import { isObject, isText, type Json, type JsonObject, member } from "./json.ts";

export interface OpenApiDocument {
  title: string;
  paths: JsonObject;
  components: JsonObject;
}

const MAX_DEPTH = 100;
const VERSION = /^3\.([01])(?:\.|$)/;
/** Their values are data of any shape, and no schemas. */
const DATA: ReadonlySet<string> = new Set(["example", "examples", "default", "enum", "const"]);

const BOUNDS = [
  ["minimum", "exclusiveMinimum"],
  ["maximum", "exclusiveMaximum"],
] as const;

/** What 3.0 writes in another way than 3.1 (JSON Schema 2020-12): `nullable`, and bounds that are excluded. */
const modernised = (schema: JsonObject): JsonObject => {
  const { nullable, ...rest } = schema;
  for (const [bound, exclusive] of BOUNDS) {
    if (typeof rest[exclusive] !== "boolean") continue;
    if (rest[exclusive] === true) rest[exclusive] = rest[bound];
    else delete rest[exclusive];
    if (rest[exclusive] !== undefined) delete rest[bound];
  }
  if (nullable !== true) return rest;
  if (!isText(rest["type"])) return { anyOf: [rest, { type: "null" }] };
  const { enum: values } = rest;
  return {
    ...rest,
    type: [rest["type"], "null"],
    ...(Array.isArray(values) && !values.includes(null) && { enum: [...values, null] }),
  };
};

/** Their members have names of any kind, and no keywords. */
const MAPS: ReadonlySet<string> = new Set([
  "paths",
  "schemas",
  "properties",
  "patternProperties",
  "dependentSchemas",
  "$defs",
  "parameters",
  "responses",
  "requestBodies",
  "headers",
  "content",
]);

interface Place {
  isOld: boolean;
  depth: number;
  /** Whether the members of an object here are names. */
  areNames: boolean;
}

const copied = (value: Json | undefined, place: Place): Json => {
  const depth = place.depth + 1;
  if (depth > MAX_DEPTH) throw new Error(`it nests deeper than ${MAX_DEPTH} levels`);
  if (Array.isArray(value)) return value.map((item) => copied(item, { ...place, depth, areNames: false }));
  if (!isObject(value)) return value ?? null;
  const copy: JsonObject = Object.fromEntries(
    Object.entries(value).map(([name, part]) => {
      const areNames = !place.areNames && MAPS.has(name);
      return [name, !place.areNames && DATA.has(name) ? part : copied(part, { ...place, depth, areNames })];
    }),
  );
  return place.isOld && !place.areNames ? modernised(copy) : copy;
};

/** The document that a text is. Throws an error that says why it is none. */
export const parseDocument = (text: string): OpenApiDocument => {
  const parsed: unknown = JSON.parse(text);
  const version = member(parsed, "openapi");
  const [, minor] = VERSION.exec(isText(version) ? version : "") ?? [];
  if (!isObject(parsed) || minor === undefined) throw new Error("it is no OpenAPI document of version 3.0 or 3.1");
  const document = copied(parsed, { isOld: minor === "0", depth: 0, areNames: false });
  const [paths, components] = [member(document, "paths"), member(document, "components")];
  const title = member(member(document, "info"), "title");
  return {
    title: isText(title) ? title : "",
    paths: isObject(paths) ? paths : {},
    components: isObject(components) ? components : {},
  };
};

/** What is at a local reference, `#/components/…`; `undefined` if nothing is there, or it is not in this document. */
export const atReference = ({ components, paths }: OpenApiDocument, reference: unknown): unknown => {
  if (!isText(reference) || !reference.startsWith("#/")) return undefined;
  const steps = reference.slice(2).split("/");
  return steps.reduce<unknown>(
    (at, step) => {
      const name = step.replaceAll("~1", "/").replaceAll("~0", "~");
      return Array.isArray(at) ? at[Number(name)] : member(at, name);
    },
    { components, paths },
  );
};

const MAX_REFERENCES = 8;

/** The thing itself, which may be referred to; `undefined` where that leads nowhere. */
export const resolved = (document: OpenApiDocument, thing: unknown): JsonObject | undefined => {
  let at = thing;
  for (let count = 0; count < MAX_REFERENCES && isObject(at) && at["$ref"] !== undefined; count += 1)
    at = atReference(document, at["$ref"]);
  return isObject(at) && at["$ref"] === undefined ? at : undefined;
};
