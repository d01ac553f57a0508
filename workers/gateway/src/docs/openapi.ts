/** Merges the workers' OpenAPI 3.1 documents into one, and notes on each operation what the route table demands. */
import { z } from "zod";
import { breathe } from "#shared/lang/steps.ts";

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type JsonObject = Record<string, Json>;

/** JSON it is anyway: a worker made it. */
const objectSchema = z.custom<JsonObject>((value) => typeof value === "object" && value !== null);

/** As much of a worker's document as merging needs; the rest is passed through. */
export const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), objectSchema)),
  components: z.record(z.string(), z.record(z.string(), objectSchema)).default({}),
});

/** What a caller of one operation needs. */
export interface Demand {
  caller: "anyone" | "authenticated" | "user";
  scope?: string;
  stepUp?: { when: "always" | "conditional"; maxAgeSeconds: number };
}

export interface Part {
  /** The operations' tag, and the name that keeps the components apart: of a worker, or a service behind the gateway. */
  worker: string;
  description: string;
  /** What all its paths begin with. */
  prefix: string;
  document: z.infer<typeof documentSchema>;
  /** The route table's policy for an operation; `undefined` for one that no caller can reach. */
  demandOf: (method: string, path: string) => Demand | undefined;
  /** The document is not Fountain's own. */
  isForeign?: true;
}

/** The one component that all workers share. */
const SHARED_SCHEMA = "Problem";
const REFERENCE = /^#\/components\/(\w+)\/(.+)$/;
const METHODS = ["get", "put", "post", "delete", "patch"];

const SECURITY_SCHEMES = {
  accessToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "An access token from POST /kms/login, POST /kms/token or POST /twofa/auth/verify.",
  },
  apiKey: { type: "apiKey", in: "header", name: "X-API-Key", description: "A service's API key from POST /kms/keys." },
};

const OTP_PARAMETER = {
  name: "X-OTP",
  in: "header",
  required: false,
  schema: { type: "string", maxLength: 64, pattern: "^[0-9]{6}$" },
  description: "A code of the caller's second factor, instead of a prior step-up. Each code works once.",
};

type Owner = Pick<Part, "worker" | "isForeign">;

const componentName = ({ worker, isForeign }: Owner, name: string): string =>
  name === SHARED_SCHEMA && isForeign !== true ? name : `${worker}.${name}`;

const rename = (value: Json, owner: Owner): Json => {
  if (Array.isArray(value)) return value.map((item) => rename(item, owner));
  if (typeof value === "string")
    return value.replace(REFERENCE, (_, kind, name) => `#/components/${kind}/${componentName(owner, name)}`);
  return typeof value === "object" && value !== null ? withOwnNames(value, owner) : value;
};

/** The same, with each reference pointing at the component's name in the merged document. */
const withOwnNames = (object: JsonObject, owner: Owner): JsonObject =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, rename(value, owner)]));

/** The credentials that will do: any of the listed ones (OpenAPI 3.1 §4.8.30). */
const securityOf = ({ caller, scope }: Demand): Json => {
  const scopes = scope === undefined ? [] : [scope];
  if (caller === "anyone") return [];
  return caller === "user" ? [{ accessToken: scopes }] : [{ accessToken: scopes }, { apiKey: scopes }];
};

const withDemand = (operation: JsonObject, { worker, isForeign }: Owner, demand: Demand): JsonObject => {
  const { parameters } = operation;
  const given = Array.isArray(parameters) ? parameters : [];
  return {
    ...operation,
    tags: [worker],
    security: securityOf(demand),
    ...(isForeign && { "x-upstream": true }),
    ...(demand.stepUp && { "x-step-up": demand.stepUp.when, "x-step-up-max-age": demand.stepUp.maxAgeSeconds }),
    ...(demand.stepUp && { parameters: [...given, { $ref: "#/components/parameters/X-OTP" }] }),
  };
};

const pathsOf = (part: Part): [string, JsonObject][] => {
  const { prefix, document, demandOf } = part;
  return Object.entries(document.paths).map(([path, item]) => {
    const operations = Object.entries(item).flatMap(([method, operation]): [string, Json][] => {
      const demand = METHODS.includes(method) ? demandOf(method.toUpperCase(), path) : undefined;
      return demand ? [[method, withDemand(withOwnNames(operation, part), part, demand)]] : [];
    });
    return [prefix + path, Object.fromEntries(operations)];
  });
};

const componentsOf = (part: Part, kind: string): [string, Json][] =>
  Object.entries(part.document.components[kind] ?? {}).map(([name, component]) => [
    componentName(part, name),
    withOwnNames(component, part),
  ]);

/** Kinds of components that documents of services may have besides schemas and parameters. */
const OTHER_KINDS = ["responses", "requestBodies", "headers", "examples", "links"];

/** The one document. Operations that the route table does not know are left out. Other requests are served meanwhile. */
export const mergeDocuments = async (
  info: { title: string; version: string; description: string },
  parts: readonly Part[],
) => {
  const paths: Record<string, JsonObject> = {};
  const parameters: [string, Json][] = [];
  const schemas: [string, Json][] = [];
  const others = new Map<string, Record<string, Json>>();
  for (const part of parts) {
    await breathe();
    // Operations of one path may be in several parts.
    for (const [path, item] of pathsOf(part)) paths[path] = { ...paths[path], ...item };
    parameters.push(...componentsOf(part, "parameters"));
    schemas.push(...componentsOf(part, "schemas"));
    for (const kind of OTHER_KINDS) {
      const components = componentsOf(part, kind);
      if (components.length > 0) others.set(kind, { ...others.get(kind), ...Object.fromEntries(components) });
    }
  }
  return {
    openapi: "3.1.0",
    info,
    servers: [{ url: "/" }],
    tags: [...new Map(parts.map(({ worker, description }) => [worker, { name: worker, description }])).values()],
    paths,
    components: {
      securitySchemes: SECURITY_SCHEMES,
      parameters: { "X-OTP": OTP_PARAMETER, ...Object.fromEntries(parameters) },
      schemas: Object.fromEntries(schemas),
      ...Object.fromEntries(others),
    },
  };
};
