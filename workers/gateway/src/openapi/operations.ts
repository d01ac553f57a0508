/** The operations of a document, by method and path: compiled when they are called first. */
import type { Schema } from "@cfworker/json-schema";
import { segmentsOf } from "../matching/pattern.ts";
import { type OpenApiDocument, resolved } from "./document.ts";
import { isObject, member, membersOf } from "./json.ts";
import { compileParameters, type Parameter } from "./parameters.ts";
import { createSchemas, type SchemaList, type Schemas } from "./schemas.ts";

/** What a body of a media type must be: `undefined`, where it is not validated. */
export interface BodyType {
  /** In lower case; `*` stands for any. */
  range: string;
  schema: Schema | boolean | undefined;
}

export interface Operation {
  parameters: readonly Parameter[];
  /** `undefined`: the document says nothing about a body. */
  body: { isRequired: boolean; types: readonly BodyType[] } | undefined;
  list: SchemaList;
}

export interface OperationCall {
  operation: Operation;
  /** What the names in its path stand for. */
  path: ReadonlyMap<string, string>;
}

export interface Operations {
  /** The operation that a call is of; `undefined`: the document has none. Throws if it cannot be compiled. */
  find(method: string, path: string): OperationCall | undefined;
}

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;
const NAMES = /\{([^{}]{1,255})\}/g;
const JSON_TYPE = /^application\/(?:json|[\w.-]+\+json)$/;

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

type Segment = (text: string, found: Map<string, string>) => boolean;

/** A segment may have text around one name: `{name}.json`. With more names in it, it is not matched. */
const segmentOf = (template: string): Segment | undefined => {
  const names = [...template.matchAll(NAMES)];
  const [first] = names;
  if (first === undefined) {
    const literal = decoded(template);
    return (text) => text === literal;
  }
  if (names.length > 1) return undefined;
  const [whole, name = ""] = first;
  const [before = "", after = ""] = template.split(whole);
  return (text, found) => {
    if (text.length <= before.length + after.length || !text.startsWith(before) || !text.endsWith(after)) return false;
    found.set(name, text.slice(before.length, text.length - after.length));
    return true;
  };
};

interface Route {
  segments: readonly Segment[];
  /** Concrete paths come before those with names (OpenAPI 3.1 §4.8.8.2). */
  names: number;
  method: string;
  compile: () => Operation;
}

const compileBody = (document: OpenApiDocument, schemas: Schemas, operation: unknown): Operation["body"] => {
  const body = resolved(document, member(operation, "requestBody"));
  if (body === undefined) return undefined;
  const types = membersOf(body["content"]).map(([range, media]) => {
    const type = range.split(";", 1)[0]?.trim().toLowerCase() ?? "";
    const schema = JSON_TYPE.test(type) ? member(media, "schema") : undefined;
    return { range: type, schema: schema === undefined ? undefined : schemas.add(schema) };
  });
  return { isRequired: body["required"] === true, types };
};

/** Compiles once, and fails each time where that fails. */
const lazily = <Value>(make: () => Value): (() => Value) => {
  let made: { value: Value } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
};

export const compileOperations = (document: OpenApiDocument): Operations => {
  const schemas = createSchemas(document);
  const routes = membersOf(document.paths).flatMap(([path, given]): Route[] => {
    const item = resolved(document, given);
    const segments = segmentsOf(path).map(segmentOf);
    const known = segments.filter((segment) => segment !== undefined);
    if (item === undefined || known.length < segments.length) return [];
    return METHODS.flatMap((method) => {
      const operation = item[method];
      if (!isObject(operation)) return [];
      const compile = lazily(() => ({
        parameters: compileParameters(document, schemas, item, operation),
        body: compileBody(document, schemas, operation),
        list: schemas.list,
      }));
      return [{ segments: known, names: [...path.matchAll(NAMES)].length, method: method.toUpperCase(), compile }];
    });
  });
  routes.sort((one, other) => one.names - other.names);
  const byShape = Map.groupBy(routes, ({ method, segments }) => `${method} ${segments.length}`);

  const findExactly = (method: string, texts: readonly string[]): OperationCall | undefined => {
    for (const { segments, compile } of byShape.get(`${method} ${texts.length}`) ?? []) {
      const path = new Map<string, string>();
      if (segments.every((segment, at) => segment(texts[at] ?? "", path))) return { operation: compile(), path };
    }
    return undefined;
  };

  return {
    find: (method, path) => {
      const texts = segmentsOf(path).map(decoded);
      return findExactly(method, texts) ?? (method === "HEAD" ? findExactly("GET", texts) : undefined);
    },
  };
};
