/**
 * Holds requests against the description of Typesense's API, `shared/vectors/typesense/openapi.yml` beside the
 * repository (or below FOUNTAIN_VECTORS): method, path, query, body and key. The description is of version 30; what only
 * version 29 has is added here.
 */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { Ajv } from "ajv";
import addFormats from "ajv-formats";
import { parse } from "yaml";
import { z } from "zod";

/** Properties that the description leaves out, and that Typesense's documentation or its own client has. */
const LEFT_OUT = new Set(["curation_sets", "facet_query_num_typos", "split_join_tokens"]);

const ROOT = path.join(import.meta.dirname, "..", "..");

/** Where the published test data is; it is no part of the repository. */
export const VECTORS = process.env["FOUNTAIN_VECTORS"] ?? path.join(ROOT, "..", "shared", "vectors");

const DESCRIPTION = path.join(VECTORS, "typesense", "openapi.yml");

const schemaShape = z.looseObject({
  $ref: z.string().optional(),
  type: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
});
const operationShape = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string(), in: z.string(), schema: schemaShape })).default([]),
  requestBody: z
    .looseObject({
      content: z.record(z.string(), z.looseObject({ schema: schemaShape })),
      required: z.boolean().default(false),
    })
    .optional(),
  security: z.array(z.unknown()).optional(),
});
const descriptionShape = z.looseObject({
  paths: z.record(z.string(), z.record(z.string(), operationShape)),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

type Description = z.infer<typeof descriptionShape>;
type Operation = z.infer<typeof operationShape>;
type Schema = z.infer<typeof schemaShape>;

export interface CheckedRequest {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
}

export interface Contract {
  /** What in the request does not fit; nothing, when it fits. */
  faultsOf(request: CheckedRequest): string[];
}

const collectionParameter = { name: "collectionName", in: "path", schema: { type: "string" } };

/** The endpoints of version 29 that version 30 has dropped, with the schemas they had. */
const oldEndpoints = (part: string, schema: string): Description["paths"] => {
  const parameters = [collectionParameter];
  const body = {
    required: true,
    content: { "application/json": { schema: { $ref: `#/components/schemas/${schema}` } } },
  };
  return {
    [`/collections/{collectionName}/${part}`]: { get: { parameters } },
    [`/collections/{collectionName}/${part}/{id}`]: {
      get: { parameters },
      put: { parameters, requestBody: body },
      delete: { parameters },
    },
  };
};

const readDescription = (): Description => {
  const described = descriptionShape.parse(parse(readFileSync(DESCRIPTION, "utf8")));
  const old = {
    ...oldEndpoints("synonyms", "SearchSynonymSchema"),
    ...oldEndpoints("overrides", "CurationItemCreateSchema"),
  };
  return { ...described, paths: { ...described.paths, ...old } };
};

const patternOf = (template: string): RegExp =>
  new RegExp(`^${template.replaceAll(/[.]/g, "\\$&").replaceAll(/\{\w+\}/g, "[^/]+")}$`);

/** Templates with the fewest variables first: `/documents/import` before `/documents/{documentId}`. */
const sortTemplates = (templates: readonly string[]): string[] =>
  templates.toSorted((a, b) => a.split("{").length - b.split("{").length);

const typedValue = (value: string, type: string | undefined): unknown => {
  if (type === "boolean" && ["true", "false"].includes(value)) return value === "true";
  if ((type === "integer" || type === "number") && value.trim() !== "") return Number(value);
  return value;
};

/** The checker, or nothing where the description is not at hand. */
export const createContract = (): Contract | undefined => {
  if (!existsSync(DESCRIPTION)) return undefined;
  const description = readDescription();
  const ajv = new Ajv({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addFormat("int64", true);
  ajv.addSchema({ $id: "typesense", components: description.components });
  const templates = sortTemplates(Object.keys(description.paths)).map((name) => ({ name, pattern: patternOf(name) }));

  const absolute = (schema: unknown): unknown =>
    JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"typesense#/components'));
  const validate = (schema: unknown, value: unknown, where: string): string[] => {
    const check = ajv.compile({ $async: false, ...schemaShape.parse(absolute(schema)) });
    return check(value)
      ? []
      : (check.errors ?? []).map(({ instancePath, message }) => `${where}${instancePath} ${message}`);
  };
  const resolve = (schema: Schema): Schema => {
    const name = schema.$ref?.split("/").at(-1);
    return name === undefined ? schema : schemaShape.parse(description.components.schemas[name]);
  };
  const propertiesOf = (schema: Schema): Record<string, unknown> => {
    const resolved = resolve(schema);
    const inherited = (resolved.allOf ?? []).map((part) => propertiesOf(schemaShape.parse(part)));
    return Object.assign({}, ...inherited, resolved.properties ?? {});
  };

  const queryFaults = (operation: Operation, query: URLSearchParams): string[] => {
    const known: Record<string, unknown> = {};
    for (const { name, schema, ...parameter } of operation.parameters.filter((each) => each.in === "query")) {
      const properties = propertiesOf(schema);
      Object.assign(known, Object.keys(properties).length > 0 ? properties : { [name]: schema }, parameter && {});
    }
    return [...query].flatMap(([name, value]) => {
      const schema = known[name];
      if (schema === undefined) return [`unknown query parameter ${name}`];
      const { type } = resolve(schemaShape.parse(schema));
      return validate(schema, typedValue(value, type), `query ${name}`);
    });
  };

  const unknownProperties = (schema: Schema, value: unknown): string[] => {
    const properties = propertiesOf(schema);
    if (Object.keys(properties).length === 0 || typeof value !== "object" || value === null) return [];
    return Object.keys(value).flatMap((name) =>
      name in properties || LEFT_OUT.has(name) ? [] : [`unknown property ${name}`],
    );
  };

  const lineFaults = (body: string): string[] =>
    body.split("\n").flatMap((line, index) => {
      try {
        return typeof JSON.parse(line)?.id === "string" ? [] : [`line ${index + 1} has no id`];
      } catch {
        return [`line ${index + 1} is no JSON`];
      }
    });

  const bodyFaults = ({ requestBody }: Operation, { body, headers }: CheckedRequest): string[] => {
    if (!requestBody) return body === "" ? [] : ["a body where none belongs"];
    if (body === "") return requestBody.required ? ["no body"] : [];
    const mediaType = String(headers["content-type"] ?? "").split(";")[0] ?? "";
    const content = requestBody.content[mediaType];
    if (!content) return [`a body of type ${mediaType}, not ${Object.keys(requestBody.content).join(", ")}`];
    if (mediaType !== "application/json") return lineFaults(body);
    const value: unknown = JSON.parse(body);
    return [...validate(content.schema, value, "body"), ...unknownProperties(content.schema, value)];
  };

  return {
    faultsOf: (request) => {
      const [pathname = "", query = ""] = request.path.split("?", 2);
      const template = templates.find(({ pattern }) => pattern.test(pathname));
      const operation = template && description.paths[template.name]?.[request.method.toLowerCase()];
      if (!operation) return [`${request.method} ${request.path}: no such operation`];
      const needsKey = pathname !== "/health";
      const faults = [
        ...queryFaults(operation, new URLSearchParams(query)),
        ...bodyFaults(operation, request),
        ...(needsKey && !request.headers["x-typesense-api-key"] ? ["no key"] : []),
      ];
      return faults.map((fault) => `${request.method} ${request.path}: ${fault}`);
    },
  };
};
