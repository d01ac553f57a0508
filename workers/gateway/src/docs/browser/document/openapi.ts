/**
 * What the page reads of /openapi.json. The operations of services behind the gateway are in it too: members that are missing
 * or of another kind than here are read as absent by `objectIn`, `listIn` and `textIn`.
 */

interface Reference {
  $ref?: string;
}

export interface Schema extends Reference {
  type?: string | string[];
  format?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  items?: Schema;
  prefixItems?: Schema[];
  example?: unknown;
  examples?: unknown;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  maxProperties?: number;
}

export interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

export interface Parameter extends Reference {
  name: string;
  in: "path" | "query" | "header" | "cookie";
  description?: string;
  required?: boolean;
  deprecated?: boolean;
  schema?: Schema;
  example?: unknown;
}

interface Header extends Reference {
  description?: string;
  schema?: Schema;
}

export interface ResponseOf extends Reference {
  description?: string;
  headers?: Record<string, Header>;
  content?: Record<string, Media>;
}

export interface Operation {
  tags: string[];
  operationId?: string;
  summary?: string;
  description?: string;
  deprecated?: boolean;
  security?: { accessToken?: string[]; apiKey?: string[] }[];
  /** It is of a service behind the gateway. */
  "x-upstream"?: boolean;
  /** By which such a service groups it. */
  "x-topic"?: string;
  "x-step-up"?: string;
  "x-step-up-max-age"?: number;
  parameters?: Parameter[];
  requestBody?: { required?: boolean; description?: string; content?: Record<string, Media> };
  responses?: Record<string, ResponseOf>;
}

export interface Tag {
  name: string;
  description: string;
}

export interface ApiDocument {
  tags: Tag[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    schemas: Record<string, Schema>;
    parameters: Record<string, Parameter>;
    responses?: Record<string, ResponseOf>;
    headers?: Record<string, Header>;
  };
}

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The value, where it is an object. */
export const objectIn = <Kind extends object>(value: Kind | undefined | boolean): Partial<Kind> =>
  isObject(value) ? value : {};

/** The members of an object that are objects themselves. */
export const membersIn = <Kind extends object>(value: Record<string, Kind> | undefined): [string, Kind][] =>
  Object.entries(objectIn<Record<string, Kind>>(value)).flatMap(([name, part]) =>
    part !== undefined && isObject(part) ? [[name, part] as [string, Kind]] : [],
  );

export const listIn = <Item>(value: Item[] | undefined): Item[] => (Array.isArray(value) ? value : []);

export const textIn = (value: unknown): string => (typeof value === "string" ? value : "");

/** What is at the reference, of the components of its kind; what is no reference stands for itself. */
export const resolve = <Thing extends Reference>(thing: Thing, components: Record<string, Thing> = {}): Thing => {
  const reference = textIn(thing.$ref);
  const name = reference.slice(reference.lastIndexOf("/") + 1);
  const found = reference !== "" && Object.hasOwn(components, name) ? components[name] : undefined;
  return found ?? thing;
};

/** Those that the caller of this page can send. */
export const parametersOf = (operation: Operation, { components }: ApiDocument): Parameter[] =>
  listIn(operation.parameters)
    .map((given) => resolve(given, components.parameters))
    .filter(({ name, in: place }) => typeof name === "string" && place !== "cookie");
