/**
 * What a service behind the gateway adds to the document of the whole: the operations that its routes let through, at their
 * paths on the gateway. What the service says of servers and credentials is left out: the gateway decides that.
 */
import type { Configuration } from "../configuration/configuration.ts";
import type { OpenApiDocument } from "../openapi/document.ts";
import { resolved } from "../openapi/document.ts";
import type { KnownDocument } from "../openapi/documents.ts";
import { isObject, isText, type JsonObject, listOf, member, membersOf } from "../openapi/json.ts";
import { routeCall, type Upstream } from "../upstreams/compiled.ts";
import { isWithheld } from "../upstreams/fields.ts";
import { type Demand, documentSchema, type Part } from "./openapi.ts";

/** A path that a browser calls as it stands: the page sends its reader's credentials there. */
const PATH = /^(?:\/[\w.~!$&'()*+,;=:@{}-]*)+$/;
const isPath = (path: string): boolean =>
  PATH.test(path) && !path.split("/").some((step) => step === "." || step === "..");

const MAX_TITLE_CHARACTERS = 100;

/** A parameter that the caller can send. */
const isSent = (document: OpenApiDocument, given: unknown): boolean => {
  const parameter = resolved(document, given);
  const name = parameter?.["name"];
  return isText(name) && !(parameter?.["in"] === "header" && isWithheld(name.toLowerCase()));
};

const parametersOf = (document: OpenApiDocument, item: unknown, operation: unknown): unknown[] => {
  const own = listOf(member(operation, "parameters"));
  const keyOf = (given: unknown): string => {
    const parameter = resolved(document, given);
    return `${parameter?.["in"]} ${parameter?.["name"]}`;
  };
  const replaced = new Set(own.map(keyOf));
  const shared = listOf(member(item, "parameters")).filter((given) => !replaced.has(keyOf(given)));
  return [...shared, ...own].filter((given) => isSent(document, given));
};

const objectsIn = (value: unknown): JsonObject =>
  Object.fromEntries(membersOf(value).flatMap(([name, part]) => (isObject(part) ? [[name, part]] : [])));

/** What of an operation is shown, if it is of the right kind: the page relies on that. */
const shownOperation = (document: OpenApiDocument, { name }: Upstream, item: unknown, operation: unknown) => {
  const [summary, description, id] = ["summary", "description", "operationId"].map((key) => member(operation, key));
  const [topic] = listOf(member(operation, "tags"));
  const body = resolved(document, member(operation, "requestBody"));
  return {
    summary: isText(summary) ? summary : "",
    ...(isText(description) && { description }),
    ...(isText(id) && { operationId: `${name}.${id}` }),
    ...(member(operation, "deprecated") === true && { deprecated: true }),
    ...(isText(topic) && { "x-topic": topic.slice(0, MAX_TITLE_CHARACTERS) }),
    parameters: parametersOf(document, item, operation),
    ...(body && { requestBody: { ...body, content: objectsIn(body["content"]) } }),
    responses: objectsIn(member(operation, "responses")),
  };
};

const METHODS = ["get", "put", "post", "delete", "patch"];

const shownItem = (document: OpenApiDocument, upstream: Upstream, given: unknown): JsonObject => {
  const item = resolved(document, given);
  const operations = METHODS.flatMap((method) => {
    const operation = member(item, method);
    return isObject(operation) ? [[method, shownOperation(document, upstream, item, operation)] as const] : [];
  });
  return JSON.parse(JSON.stringify(Object.fromEntries(operations)));
};

const demandOf = ({ policy: { caller, scope, stepUp } }: Upstream["routes"][number]): Demand => ({
  caller,
  ...(scope !== undefined && { scope }),
  ...(stepUp && { stepUp }),
});

/** `undefined`: it has a host of its own, where the paths of the document do not lead. */
export const upstreamPart = (
  upstream: Upstream,
  { document }: Pick<KnownDocument, "document">,
  { find }: Pick<Configuration, "find">,
): Part | undefined => {
  const { name, prefix, host, body } = upstream;
  if (host !== undefined) return undefined;
  const before = body.keepPrefix === true ? "" : prefix;
  const demandAt = (method: string, path: string): Demand | undefined => {
    const called = before + path;
    const call = find.ofPath(called) === upstream ? routeCall(upstream, method, called) : undefined;
    return call && demandOf(call.route);
  };
  const paths = membersOf(document.paths)
    .filter(([path]) => isPath(path))
    .map(([path, item]) => [path, shownItem(document, upstream, item)] as const)
    .filter(([path, item]) => Object.keys(item).some((method) => demandAt(method.toUpperCase(), path) !== undefined));
  const components = membersOf(document.components).map(([kind, named]) => [kind, objectsIn(named)]);
  const title = document.title.slice(0, MAX_TITLE_CHARACTERS);
  return {
    worker: name,
    description: title === "" ? "A service behind the gateway" : `${title}, a service behind the gateway`,
    prefix: before,
    document: documentSchema.parse({
      paths: Object.fromEntries(paths),
      components: Object.fromEntries(components),
    }),
    demandOf: demandAt,
    isForeign: true,
  };
};
