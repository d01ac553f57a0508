/** The endpoints that each kind of what is configured has: list, show, create or replace, delete. */
import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { pageOfAll } from "#shared/http/page.ts";
import { pointerTo } from "#shared/http/pointer.ts";
import { sha256 } from "#shared/lang/digest.ts";
import { nothingIfUnavailable } from "#shared/lang/unavailable.ts";
import { type FieldError, problem } from "#shared/problem/problem.ts";
import { etagOf, versionsToMatch } from "#shared/semantics/entity-tag.ts";
import type { GatewayContext } from "../composition/context.ts";
import { endpoint } from "../endpoint.ts";
import type { FaultyPart } from "../upstreams/impossible.ts";
import { type Kind, SOURCES } from "./configuration.schema.ts";
import { BODIES } from "./configuration.ts";
import { hasChanged, isOfFile, refusalOf, unknownObject } from "./object-problems.ts";
import type { StoredObject } from "./stored.ts";

/** An object that is there unless one of its name is stored. */
interface DefaultObject {
  name: string;
  body: object;
}

/** Either as it is stored, or a default, which has no version. */
type ShownObject = StoredObject | DefaultObject;

/** What is shown of every object besides what was configured. */
const METADATA = {
  name: z.string(),
  source: z.enum([...SOURCES, "default"]).openapi({
    description: "`file`: the configuration file that Fountain was started with; `default`: Fountain itself",
  }),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
  warnings: z
    .array(z.object({ pointer: z.string(), detail: z.string() }))
    .optional()
    .openapi({
      description: "What of it will not work as everything else is configured now, if anything; not in lists",
    }),
};

const MAX_CONDITION_CHARACTERS = 1_024;

/** The conditions that a change can have (RFC 9110 §13.1). */
const CONDITIONS = z.object({
  "if-match": text({ max: MAX_CONDITION_CHARACTERS })
    .optional()
    .openapi({ description: 'Change it only if its ETag is still this, for example "3"' }),
  "if-none-match": z.literal("*").optional().openapi({ description: "`*`: create it, but replace nothing" }),
});

type Conditions = z.infer<typeof CONDITIONS>;

/** The versions that a change may replace, 0 where there may be none; `undefined`: whatever there is. */
const expectedBy = ({ "if-match": match, "if-none-match": none }: Conditions): number[] | undefined =>
  none === undefined ? versionsToMatch(match) : [0];

/** An object as it is shown. */
const shownObject = (body: object, object: ShownObject) => {
  if (!("source" in object)) return { ...body, name: object.name, source: "default" as const };
  const { name, source, createdAtMs, updatedAtMs } = object;
  const at = (ms: number): string => new Date(ms).toISOString();
  return { ...body, name, source, createdAt: at(createdAtMs), updatedAt: at(updatedAtMs) };
};

const atPointer = ({ path, detail }: FaultyPart): FieldError => ({ pointer: pointerTo("json", path), detail });

/**
 * Its entity tag, that of its version: what `If-Match` is about. Where there is a state or a warning, which no change of it
 * replaces, the tag differs with them besides, so that 304 is for those alone who have the same (RFC 9110 §8.8.1). A default
 * has none.
 */
const tagOf = async (object: ShownObject, shown: object): Promise<{ etag?: string }> => {
  if (!("version" in object)) return {};
  const rest = ["state" in shown && shown.state, "warnings" in shown && shown.warnings];
  return { etag: etagOf(object.version, rest.some(Boolean) ? await sha256(JSON.stringify(rest)) : undefined) };
};

/** A kind, and those of it that are there from the start. */
interface Known {
  kind: Kind;
  defaults: readonly DefaultObject[];
}

/** A page of all objects of a kind. */
const listObjects = async (
  context: GatewayContext,
  { kind, defaults }: Known,
  query: { limit: number; after?: string | undefined },
) => {
  const stored = await context.var.services.objects.list(kind);
  const names = new Set(stored.map(({ name }) => name));
  const others = defaults.filter(({ name }) => !names.has(name));
  return pageOfAll<ShownObject>([...stored, ...others], query, ({ name }) => name);
};

/** Fails with the problem `not-found`. */
const findObject = async (context: GatewayContext, { kind, defaults }: Known, name: string): Promise<ShownObject> => {
  const stored = await context.var.services.objects.find(kind, name);
  const found = stored ?? defaults.find((one) => one.name === name);
  if (!found) throw unknownObject(kind);
  return found;
};

/** Creates or replaces the object, and says whether it is new. */
const putObject = async (
  context: GatewayContext,
  kind: Kind,
  { name, body, conditions }: { name: string; body: object; conditions: Conditions },
): Promise<{ object: StoredObject; isNew: boolean }> => {
  const expected = expectedBy(conditions);
  const stored = await context.var.services.objects.put({ kind, name, body, expected });
  if (!stored.ok) {
    const { error } = stored;
    if (error.kind !== "refused") throw refusalOf(kind, error);
    throw problem("invalid-input", {
      detail: "One or more fields can never work.",
      errors: error.parts.map(atPointer),
    });
  }
  return { object: stored.value, isNew: stored.value.createdAtMs === stored.value.updatedAtMs };
};

/** Deletes the object. Fails with the problem `not-found`, `precondition-failed` or `conflict`. */
const deleteObject = async (
  context: GatewayContext,
  { kind, defaults }: Known,
  { name, conditions }: { name: string; conditions: Conditions },
): Promise<void> => {
  const outcome = await context.var.services.objects.remove(kind, name, expectedBy(conditions));
  if (outcome === "unknown" && defaults.some((one) => one.name === name))
    throw problem("conflict", { detail: `This ${kind} is a default. Replace it by one of the same name.` });
  if (outcome === "unknown") throw unknownObject(kind);
  if (outcome === "changed") throw hasChanged(kind);
  if (outcome === "of-file") throw isOfFile(kind);
};

type Path = "/gateway/upstreams" | "/gateway/limits" | "/gateway/policies";

export interface ObjectsDeclaration {
  kind: Kind;
  path: Path;
  /** For operation ids: `Upstream`, `Upstreams`. */
  ids: { one: string; all: string };
  /** For summaries: `an upstream`, `upstreams`. */
  words: { one: string; all: string };
  name: z.ZodType<string, string>;
  example: { name: string; body: object };
  /** Those that are there from the start. */
  defaults?: readonly DefaultObject[];
  /** What this process knows of one, which is shown with what is stored. */
  state?: { schema: z.ZodType; example: object; of: (context: GatewayContext, object: ShownObject) => object };
}

/** Declares the four endpoints of a kind. */
export const objectEndpoints = ({
  kind,
  path,
  ids,
  words,
  name,
  example,
  defaults = [],
  state,
}: ObjectsDeclaration) => {
  const tags = [ids.all];
  const schema: z.ZodType<object, object> = BODIES[kind];
  const params = z.object({ name });
  const members: typeof METADATA = { ...METADATA, ...(state && { state: state.schema }) };
  const body = z.looseObject(members).openapi(`Stored${ids.one}`);
  const stored = {
    ...example.body,
    name: example.name,
    source: "api" as const,
    createdAt: EXAMPLE.created,
    updatedAt: EXAMPLE.today,
    ...(state && { state: state.example }),
  };
  const known = { kind, defaults };
  const stateOf = (context: GatewayContext, object: ShownObject): object =>
    state ? { state: state.of(context, object) } : {};
  const shown = (context: GatewayContext, object: ShownObject) => ({
    ...shownObject(schema.parse(object.body), object),
    ...stateOf(context, object),
  });

  /** With what of it will not work; a change that was made is not reported as failed because this cannot be found out. */
  const shownWithWarnings = async (context: GatewayContext, object: ShownObject) => {
    const { objects } = context.var.services;
    const warnings = "version" in object ? await objects.warningsOf(object).catch(nothingIfUnavailable) : [];
    const response = shown(context, object);
    return warnings === undefined || warnings.length === 0
      ? response
      : { ...response, warnings: warnings.map(atPointer) };
  };

  const listAll = endpoint(`GET ${path}`, {
    operationId: `gateway.list${ids.all}`,
    tags,
    summary: `List the ${words.all} by name`,
    query: pageQuery,
    responses: { 200: json(page(body), `A page of ${words.all}`, pageOf(stored)) },
    handle: async (context) => {
      const { items, next } = await listObjects(context, known, context.req.valid("query"));
      return context.json({ items: items.map((item) => shown(context, item)), next }, 200);
    },
  });

  const getOne = endpoint(`GET ${path}/{name}`, {
    operationId: `gateway.get${ids.one}`,
    tags,
    summary: `Show ${words.one}`,
    params,
    responses: { 200: json(body, "As it is stored, with what of it will not work; `ETag` names its version", stored) },
    errors: ["not-found"],
    handle: async (context) => {
      const found = await findObject(context, known, context.req.valid("param").name);
      const response = await shownWithWarnings(context, found);
      return context.json(response, 200, await tagOf(found, response));
    },
  });

  const putOne = endpoint(`PUT ${path}/{name}`, {
    operationId: `gateway.put${ids.one}`,
    tags,
    summary: `Create ${words.one}, or replace the whole of it`,
    description: "Live in every process within five seconds.",
    params,
    headers: CONDITIONS,
    body: jsonBody(schema, example.body),
    responses: {
      200: json(body, "It was replaced", stored),
      201: created(body, "It was created", stored),
    },
    errors: ["conflict", "precondition-failed"],
    handle: async (context) => {
      const change = {
        name: context.req.valid("param").name,
        body: context.req.valid("json"),
        conditions: context.req.valid("header"),
      };
      const { object, isNew } = await putObject(context, kind, change);
      // From here on it counts in this process, which asks for the document of a service at once.
      await Promise.resolve().then(context.var.services.configuration.current).catch(nothingIfUnavailable);
      const response = await shownWithWarnings(context, object);
      const headers = await tagOf(object, response);
      if (!isNew) return context.json(response, 200, headers);
      return context.json(response, 201, {
        ...headers,
        location: locationOf("gateway", `GET ${path}/{name}`, object.name),
      });
    },
  });

  const deleteOne = endpoint(`DELETE ${path}/{name}`, {
    operationId: `gateway.delete${ids.one}`,
    tags,
    summary: `Delete ${words.one}`,
    params,
    headers: CONDITIONS.pick({ "if-match": true }),
    responses: { 204: { description: "It was deleted" } },
    errors: ["not-found", "conflict", "precondition-failed"],
    handle: async (context) => {
      const { name: deleted } = context.req.valid("param");
      await deleteObject(context, known, { name: deleted, conditions: context.req.valid("header") });
      return context.body(null, 204);
    },
  });

  return [listAll, getOne, putOne, deleteOne];
};
