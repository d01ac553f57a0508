/** The endpoints of a stand-in Typesense, with the statuses and bodies that were recorded from a real one. */
import { randomBytes } from "node:crypto";
import { z } from "zod";
import { search } from "./stand-in-search.ts";
import {
  type Collection,
  collectionOf,
  collectionSchema,
  type Document,
  describeCollection,
  documentSchema,
  findCollection,
  type Key,
  keySchema,
  type Need,
  Refusal,
  type Rules,
  type State,
  upsert,
} from "./stand-in-state.ts";

export interface Call {
  method: string;
  /** Decoded, without the query. */
  segments: string[];
  query: URLSearchParams;
  body: string;
}

export interface Reply {
  status: number;
  /** Text goes as `text/plain`, everything else as JSON. */
  body: unknown;
}

const reply = (body: unknown, status = 200): Reply => ({ status, body });

const parse = (body: string): Record<string, unknown> => {
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(body));
  } catch {
    throw new Refusal(400, "Bad JSON.");
  }
};

const createCollection = (state: State, body: string): Reply => {
  const sent = parse(body);
  for (const name of ["name", "fields"])
    if (sent[name] === undefined) throw new Refusal(400, `Parameter \`${name}\` is required.`);
  const schema = collectionSchema.parse(sent);
  if (state.collections.has(schema.name))
    throw new Refusal(409, `A collection with name \`${schema.name}\` already exists.`);
  const collection: Collection = {
    schema,
    createdAt: Math.floor(Date.now() / 1000),
    documents: new Map(),
    synonyms: new Map(),
    overrides: new Map(),
  };
  state.collections.set(schema.name, collection);
  return reply(describeCollection(collection), 201);
};

const changeCollection = (state: State, name: string, body: string): Reply => {
  const { fields, ...change } = parse(body);
  Object.assign(collectionOf(state, name).schema, change);
  return reply({ fields, ...change });
};

const dropCollection = (state: State, name: string): Reply => {
  const collection = findCollection(state, name);
  if (!collection) throw new Refusal(404, `No collection with name \`${name}\` found.`);
  state.collections.delete(collection.schema.name);
  return reply(describeCollection(collection));
};

const importLine = (state: State, collection: Collection, line: string) => {
  try {
    upsert(state, collection, JSON.parse(line));
    return { success: true };
  } catch (error) {
    const code = error instanceof Refusal ? error.status : 400;
    return { code, error: error instanceof Refusal ? error.message : `Bad JSON: ${error}`, success: false };
  }
};

const importDocuments = (state: State, name: string, { query, body }: Call): Reply => {
  const collection = collectionOf(state, name);
  if (!["upsert", "create", "update", "emplace"].includes(query.get("action") ?? "create"))
    throw new Refusal(400, "Parameter `action` must be a create|update|upsert.");
  const lines = body.split("\n").filter((line) => line !== "");
  return reply(lines.map((line) => JSON.stringify(importLine(state, collection, line))).join("\n"));
};

const exportDocuments = (state: State, name: string): Reply =>
  reply([...collectionOf(state, name).documents.values()].map((document) => JSON.stringify(document)).join("\n"));

const documentOf = ({ documents }: Collection, id: string): Document => {
  const document = documents.get(id);
  if (!document) throw new Refusal(404, `Could not find a document with id: ${id}`);
  return document;
};

const documents = (state: State, name: string, [action, ...rest]: string[], call: Call): Reply | undefined => {
  if (rest.length > 0) return undefined;
  const collection = collectionOf(state, name);
  if (call.method === "POST" && action === "import") return importDocuments(state, name, call);
  if (call.method === "GET" && action === "export") return exportDocuments(state, name);
  if (call.method === "GET" && action === "search") return reply(search(collection, Object.fromEntries(call.query)));
  if (call.method === "POST" && action === undefined) {
    return reply(upsert(state, collection, parse(call.body)), 201);
  }
  if (call.method === "GET" && action !== undefined) return reply(documentOf(collection, action));
  if (call.method !== "DELETE" || action === undefined) return undefined;
  const document = documentOf(collection, action);
  collection.documents.delete(action);
  return reply(document);
};

/** What lists, shows, stores and removes synonyms or curations; the name stands before the list of them, if anything does. */
const rules = (held: Rules, id: string | undefined, { method, body }: Call, listName?: string): Reply | undefined => {
  if (id === undefined) {
    const items = [...held].map(([itemId, rule]) => ({ id: itemId, ...rule }));
    return method === "GET" ? reply(listName === undefined ? items : { [listName]: items }) : undefined;
  }
  if (method === "PUT") {
    held.set(id, parse(body));
    return reply({ id, ...held.get(id) });
  }
  const rule = held.get(id);
  if (!rule) throw new Refusal(404, method === "DELETE" ? "Could not find that `id`." : "Not Found");
  if (method === "DELETE") held.delete(id);
  return reply(method === "DELETE" ? { id } : { id, ...rule });
};

const collections = (state: State, [name, part, ...rest]: string[], call: Call): Reply | undefined => {
  const { method, body } = call;
  if (name === undefined) {
    if (method === "POST") return createCollection(state, body);
    return method === "GET" ? reply([...state.collections.values()].map(describeCollection)) : undefined;
  }
  if (part === "documents") return documents(state, name, rest, call);
  const isOld = Number.parseFloat(state.version) < 30;
  if (part === "synonyms" && isOld) return rules(collectionOf(state, name).synonyms, rest[0], call, "synonyms");
  if (part === "overrides" && isOld) return rules(collectionOf(state, name).overrides, rest[0], call, "overrides");
  if (part !== undefined) return undefined;
  if (method === "GET") return reply(describeCollection(collectionOf(state, name)));
  if (method === "PATCH") return changeCollection(state, name, body);
  return method === "DELETE" ? dropCollection(state, name) : undefined;
};

const sets = (held: Map<string, Rules>, [name, part, id]: string[], call: Call): Reply | undefined => {
  if (name === undefined) return undefined;
  const set = held.get(name);
  if (part === undefined && call.method === "PUT") {
    const items = z.array(documentSchema).parse(parse(call.body)["items"]);
    held.set(name, new Map(items.map(({ id: itemId, ...rule }) => [itemId, rule])));
    return reply({ name, items });
  }
  if (!set) throw new Refusal(404, "Not Found");
  if (part === "items") return rules(set, id, call);
  if (call.method === "DELETE") held.delete(name);
  return reply({ name, items: [...set].map(([itemId, rule]) => ({ id: itemId, ...rule })) });
};

const aliases = (state: State, [name]: string[], { method, body }: Call): Reply | undefined => {
  const shown = (alias: string) => ({ collection_name: state.aliases.get(alias), name: alias });
  if (name === undefined)
    return method === "GET" ? reply({ aliases: [...state.aliases.keys()].map(shown) }) : undefined;
  if (method === "PUT") {
    const target = parse(body)["collection_name"];
    if (typeof target !== "string") throw new Refusal(400, "Parameter `collection_name` is required.");
    if (state.collections.has(name))
      throw new Refusal(500, `Name \`${name}\` conflicts with an existing collection name.`);
    state.aliases.set(name, target);
    return reply(shown(name));
  }
  if (!state.aliases.has(name)) throw new Refusal(404, "Collection not found");
  const answer = reply(shown(name));
  if (method === "DELETE") state.aliases.delete(name);
  return answer;
};

const shownKey = ({ value, ...key }: Key) => ({ ...key, autodelete: false, value_prefix: value.slice(0, 4) });

const createKey = (state: State, body: string): Reply => {
  const sent = parse(body);
  for (const name of ["description", "actions", "collections"])
    if (sent[name] === undefined) throw new Refusal(400, `Could not find a \`${name}\` key.`);
  const wanted = keySchema.parse(sent);
  if ([...state.keys.values()].some(({ value }) => value === wanted.value))
    throw new Refusal(409, "API key generation conflict.");
  const id = state.nextKeyId++;
  const key: Key = { ...wanted, value: wanted.value ?? randomBytes(24).toString("base64url"), id };
  state.keys.set(id, key);
  return reply({ ...key, autodelete: false }, 201);
};

const keys = (state: State, [id]: string[], { method, body }: Call): Reply | undefined => {
  if (id === undefined) {
    if (method === "POST") return createKey(state, body);
    return method === "GET" ? reply({ keys: [...state.keys.values()].map(shownKey) }) : undefined;
  }
  const key = state.keys.get(Number(id));
  if (!key) throw new Refusal(404, "Not found.");
  if (method === "DELETE") state.keys.delete(key.id);
  return reply(method === "DELETE" ? { id: key.id } : shownKey(key));
};

const searchesSchema = z.array(z.looseObject({ collection: z.string().default("") }));

const searchOne = (state: State, { collection, ...parameters }: z.infer<typeof searchesSchema>[number]) => {
  try {
    const texts = Object.entries(parameters).map(([name, value]) => [name, String(value)]);
    return search(collectionOf(state, collection), Object.fromEntries(texts));
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { code: error.status, error: error.message };
  }
};

const multiSearch = (state: State, { query, body }: Call): Reply => {
  const parsed = searchesSchema.safeParse(parse(body)["searches"]);
  if (!parsed.success) throw new Refusal(400, "Missing `searches` array.");
  const searches = parsed.data;
  if (searches.length === 0) throw new Refusal(500, "Embedded params parsing error.");
  return reply({ results: searches.map((each) => searchOne(state, { ...Object.fromEntries(query), ...each })) });
};

/** The answer to a call that its key allows. Throws {@link Refusal}. */
export const answer = (state: State, call: Call): Reply => {
  const [resource, ...rest] = call.segments;
  const isNew = Number.parseFloat(state.version) >= 30;
  const found =
    (resource === "debug" && reply({ state: 1, version: state.version })) ||
    (resource === "collections" && collections(state, rest, call)) ||
    (resource === "aliases" && aliases(state, rest, call)) ||
    (resource === "keys" && keys(state, rest, call)) ||
    (resource === "multi_search" && call.method === "POST" && multiSearch(state, call)) ||
    (resource === "synonym_sets" && isNew && sets(state.synonymSets, rest, call)) ||
    (resource === "curation_sets" && isNew && sets(state.curationSets, rest, call));
  if (!found) throw new Refusal(404, "Not Found");
  return found;
};

const OPERATIONS: Record<string, string> = { POST: "create", PUT: "upsert", PATCH: "update", DELETE: "delete" };

/** What a key must allow for the call. */
export const needsOf = ({ method, segments, body }: Call): Need[] => {
  const [resource = "", name, part, action] = segments;
  if (resource === "multi_search") {
    const searches = searchesSchema.catch([]).parse(parse(body)["searches"]);
    return searches.map(({ collection }) => ({ action: "documents:search", collection }));
  }
  const read = (identified: boolean) => (identified ? "get" : "list");
  if (resource !== "collections") return [{ action: `${resource}:${OPERATIONS[method] ?? read(name !== undefined)}` }];
  if (name === undefined && method === "POST")
    return [{ action: "collections:create", collection: String(parse(body)["name"]) }];
  const where = name === undefined ? {} : { collection: name };
  if (part === undefined)
    return [{ action: `collections:${OPERATIONS[method] ?? read(name !== undefined)}`, ...where }];
  const special = ["import", "export", "search"].find((one) => one === action && part === "documents");
  return [{ action: `${part}:${special ?? OPERATIONS[method] ?? read(action !== undefined)}`, ...where }];
};
