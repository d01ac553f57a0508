import { z } from "@hono/zod-openapi";
import { text as boundedText } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { createdWithTag, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { encodeCursor } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { etagOf, versionsToMatch } from "#shared/semantics/entity-tag.ts";
import { endpoint } from "../endpoint.ts";
import { authorOf } from "../http/author.ts";
import { idempotencyHeaders, writeOnce } from "../http/idempotency.ts";
import {
  comment,
  elementId,
  elementParams,
  elementType,
  instant,
  noSuchElement,
  numberAfter,
  pathNumber,
} from "../http/schemas.ts";
import { storedObject, versionData } from "../http/version-data.ts";
import type { Version } from "../model/element.ts";
import { diffLines, MAX_DIFFERENCES } from "./diff.ts";

/** As many entity tags as anyone compares with. */
const MAX_CONDITION_CHARACTERS = 2_048;
const conditionHeader = boundedText({ max: MAX_CONDITION_CHARACTERS });

const version = z
  .object({
    elementType,
    elementId: z.int(),
    versionNumber: z.int(),
    text: z.string(),
    newVersionData: z
      .union([z.string(), z.record(z.string(), z.unknown())])
      .openapi({ description: "What the version was created from, as it was given" }),
    comment: z.string(),
    createdBy: z.string().openapi({ description: "The subject that created it: a user's id or `service:NAME`" }),
    actingService: z
      .string()
      .nullable()
      .openapi({ description: "The service that acted for that user, by name, or the application, by its client_id" }),
    createdAt: z.iso.datetime(),
  })
  .openapi("Version");

const VERSION_EXAMPLE: z.input<typeof version> = {
  elementType: "action",
  elementId: 7,
  versionNumber: 2,
  text: "The lighthouse keeper climbs the stairs.",
  newVersionData: "The lighthouse keeper climbs the stairs.",
  comment: "Shorter",
  createdBy: EXAMPLE.userId,
  actingService: null,
  createdAt: EXAMPLE.today,
};

const versionJson = ({ createdAtMs, data, ...rest }: Version): z.infer<typeof version> => ({
  ...rest,
  newVersionData: data === null ? rest.text : storedObject(data),
  createdAt: instant(createdAtMs),
});

const lineChange = z.object({ kind: z.enum(["unchanged", "added", "removed"]), lines: z.array(z.string()) });

const noSuchVersion = () => problem("not-found", { detail: "This element has no such version." });

const diffOf = async (from: Version, to: Version) => {
  const changes = await diffLines(from.text, to.text);
  if (changes) return { from: from.versionNumber, to: to.versionNumber, changes };
  const detail = `These versions differ in more than ${MAX_DIFFERENCES} lines. Read each of them instead.`;
  throw problem("invalid-input", { detail, errors: [{ pointer: "#/query/diff", detail }] });
};

const VERSION_REFUSALS = {
  unknown: noSuchElement,
  "not-the-latest": () =>
    problem("precondition-failed", { detail: "The element has a newer version. Read it again, then write." }),
};

const createVersion = endpoint("POST /sequence/version", {
  operationId: "serviceA.createVersion",
  tags: ["Elements"],
  summary: "Create a new version of an element",
  description:
    "`newVersionData` is the new text, or a JSON object of at most 64 KiB, which is kept as it is. Its member `text`, if " +
    "any, is the text that is searched, compared and exported. Earlier versions stay readable. With `If-Match`, the version is created only if the latest one matches; otherwise " +
    "the response is 412.",
  headers: idempotencyHeaders.extend({
    "if-match": conditionHeader.optional().openapi({ description: 'Replace only this version, for example "3"' }),
  }),
  body: jsonBody(z.strictObject({ elementType, elementId, newVersionData: versionData, comment }), {
    elementType: "action",
    elementId: 7,
    newVersionData: "The lighthouse keeper climbs the stairs.",
    comment: "Shorter",
  }),
  responses: {
    201: createdWithTag(z.object({ versionNumber: z.int(), comment }), "The new version", {
      versionNumber: 2,
      comment: "Shorter",
    }),
  },
  errors: ["not-found", "precondition-failed"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { newVersionData, ...given } = context.req.valid("json");
    const condition = context.req.valid("header")["if-match"];
    const draft = {
      ...given,
      ...newVersionData,
      ...authorOf(principal, services.now()),
      replaces: versionsToMatch(condition),
    };
    const { text, data } = newVersionData;
    const input = [data === null ? text : { data }, given, condition];
    const added = await writeOnce(context, principal, input, (idempotencyKey) =>
      services.elements.addVersion(draft, idempotencyKey),
    );
    if (added.ok) {
      const { elementType: type, elementId: id } = given;
      const at = locationOf("service-a", "GET /elements/{type}/{id}/versions/{n}", type, id, added.value);
      context.header("location", at);
      context.header("etag", etagOf(added.value));
      return context.json({ versionNumber: added.value, comment: given.comment }, 201);
    }
    throw VERSION_REFUSALS[added.error.kind]();
  },
});

const listVersions = endpoint("GET /elements/{type}/{id}/versions", {
  operationId: "serviceA.listVersions",
  tags: ["Elements"],
  summary: "List all versions of an element, oldest first",
  params: elementParams,
  query: pageQuery,
  responses: {
    200: json(page(version), "The versions", pageOf(VERSION_EXAMPLE)),
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { elements } = context.var.services;
    const { type, id } = context.req.valid("param");
    const { limit, after } = context.req.valid("query");
    const key = { elementType: type, elementId: id };
    const { items, hasMore } = await elements.listVersions({ ...key, limit, after: numberAfter(after) });
    const last = items.at(-1);
    if (!last && !(await elements.find(key))) throw noSuchElement();
    const next = hasMore && last ? encodeCursor(String(last.versionNumber)) : null;
    return context.json({ items: items.map(versionJson), next }, 200);
  },
});

const readVersion = endpoint("GET /elements/{type}/{id}/versions/{n}", {
  operationId: "serviceA.getVersion",
  tags: ["Elements"],
  summary: "Read a version of an element, optionally compared with another",
  params: elementParams.extend({ n: pathNumber }),
  query: z.object({ diff: pathNumber.optional().openapi({ description: "The version to compare with" }) }),
  responses: {
    200: {
      ...json(
        version.extend({
          diff: z.object({ from: z.int(), to: z.int(), changes: z.array(lineChange) }).optional(),
        }),
        "The version; with `diff`, the removed and added lines",
        {
          ...VERSION_EXAMPLE,
          diff: {
            from: 1,
            to: 2,
            changes: [
              { kind: "removed", lines: ["The keeper of the lighthouse slowly climbs the stairs."] },
              { kind: "added", lines: ["The lighthouse keeper climbs the stairs."] },
            ],
          },
        },
      ),
      headers: z.object({ etag: z.string() }),
    },
  },
  errors: ["not-found"],
  handle: async (context) => {
    const { elements } = context.var.services;
    const { type, id, n } = context.req.valid("param");
    const { diff } = context.req.valid("query");
    const key = { elementType: type, elementId: id };
    const [found, other] = await Promise.all([
      elements.findVersion(key, n),
      diff === undefined ? undefined : elements.findVersion(key, diff),
    ]);
    if (!found || (diff !== undefined && !other)) throw noSuchVersion();
    context.header("etag", etagOf(n));
    context.header("cache-control", "private, no-cache");
    return context.json({ ...versionJson(found), ...(other && { diff: await diffOf(other, found) }) }, 200);
  },
});

export const versionsEndpoints = [createVersion, listVersions, readVersion];
