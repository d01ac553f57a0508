/** The collection as declared to Typesense: an alias that always exists, over collections that are replaced. */
import { COLLECTION, FIELDS, type FieldName, type FieldType } from "../model/fields.ts";
import type { TypesenseRequest } from "./reply.ts";

/** The name that all searches use. */
export const ALIAS = COLLECTION;

/** Every collection that the alias ever points at, and the alias; patterns, as a key of Typesense takes them. */
export const COLLECTION_NAMES = [ALIAS, `${ALIAS}_.*`];

export const collectionNameOf = (jobId: string): string => `${ALIAS}_${jobId}`;

/** The set of synonyms and of curations that a collection has, from version 30 on. */
export const RULE_SET = ALIAS;

/** Up to 29 a collection has synonyms and overrides of its own; from 30 on it names sets of them. */
export type Generation = "own-rules" | "rule-sets";

const FIRST_WITH_RULE_SETS = 30;

export const generationOf = (version: string): Generation =>
  Number.parseInt(version, 10) >= FIRST_WITH_RULE_SETS ? "rule-sets" : "own-rules";

const PROPERTIES: Record<Exclude<FieldType, "id">, object> = {
  keyword: { type: "string", facet: true, sort: true },
  text: { type: "string" },
  integer: { type: "int64", facet: true, sort: true },
};

/** A document may lack these. */
const OPTIONAL: ReadonlySet<FieldName> = new Set(["script_id"]);

const fieldsOf = (names: readonly [FieldName, FieldType][]): object[] =>
  names.flatMap(([name, type]) =>
    type === "id" ? [] : [{ name, ...PROPERTIES[type], ...(OPTIONAL.has(name) && { optional: true }) }],
  );

const isField = (entry: [string, FieldType]): entry is [FieldName, FieldType] => Object.hasOwn(FIELDS, entry[0]);

/** Signs end words, as in the embedded engine; Typesense would leave them out and join what they part. */
const SEPARATORS = [..."!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"];

const schemaOf = (generation: Generation): object => ({
  token_separators: SEPARATORS,
  fields: fieldsOf(Object.entries(FIELDS).filter(isField)),
  ...(generation === "rule-sets" && { synonym_sets: [RULE_SET], curation_sets: [RULE_SET] }),
});

/** Identifies a schema: when it changes, the collection is rebuilt. */
export const schemaVersionOf = (generation: Generation): string => {
  let hash = 0;
  for (const character of JSON.stringify(schemaOf(generation)))
    hash = (Math.imul(hash, 31) + (character.codePointAt(0) ?? 0)) >>> 0;
  return hash.toString(36);
};

/** Not lost when it is sent twice: the second time the collection exists. */
export const createCollection = (name: string, generation: Generation): TypesenseRequest => ({
  method: "post",
  path: "/collections",
  body: { name, ...schemaOf(generation) },
  repeatable: true,
});

const collectionPath = (name: string): string => `/collections/${encodeURIComponent(name)}`;

export const getCollection = (name: string): TypesenseRequest => ({
  method: "get",
  path: collectionPath(name),
  repeatable: true,
});

export const dropCollection = (name: string): TypesenseRequest => ({
  method: "delete",
  path: collectionPath(name),
  repeatable: true,
});

const ALIAS_PATH = `/aliases/${ALIAS}`;

export const getAlias: TypesenseRequest = { method: "get", path: ALIAS_PATH, repeatable: true };

export const pointAlias = (collection: string): TypesenseRequest => ({
  method: "put",
  path: ALIAS_PATH,
  body: { collection_name: collection },
  repeatable: true,
});

/** JSON Lines; what Typesense says of each document is a line, too. */
export const importLines = (collection: string, lines: string): TypesenseRequest => ({
  method: "post",
  path: `${collectionPath(collection)}/documents/import`,
  query: { action: "upsert" },
  body: lines,
  repeatable: true,
});

export const deleteDocument = (collection: string, id: string): TypesenseRequest => ({
  method: "delete",
  path: `${collectionPath(collection)}/documents/${encodeURIComponent(id)}`,
  repeatable: true,
});
