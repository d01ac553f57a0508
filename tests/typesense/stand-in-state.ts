/** What a stand-in Typesense remembers: collections with their documents, aliases, keys, synonyms and curations. */
import { z } from "zod";

export const documentSchema = z.looseObject({ id: z.string() });
export type Document = z.infer<typeof documentSchema>;

const fieldSchema = z.looseObject({
  name: z.string(),
  type: z.string(),
  facet: z.boolean().default(false),
  optional: z.boolean().default(false),
});
type Field = z.infer<typeof fieldSchema>;

export const collectionSchema = z.looseObject({
  name: z.string(),
  fields: z.array(fieldSchema),
  default_sorting_field: z.string().default(""),
});
export type CollectionSchema = z.infer<typeof collectionSchema>;

/** Synonyms or curations by their id. */
export type Rules = Map<string, Record<string, unknown>>;

export interface Collection {
  schema: CollectionSchema;
  createdAt: number;
  documents: Map<string, Document>;
  /** Up to version 29. */
  synonyms: Rules;
  overrides: Rules;
}

const FAR_FUTURE = 64_723_363_199;

/** A key to be made; Typesense makes up the value where there is none. */
export const keySchema = z.object({
  description: z.string(),
  actions: z.array(z.string()).min(1),
  collections: z.array(z.string()).min(1),
  value: z.string().optional(),
  expires_at: z.int().default(FAR_FUTURE),
});

export type Key = z.infer<typeof keySchema> & { id: number; value: string };

export interface State {
  version: string;
  adminKey: string;
  collections: Map<string, Collection>;
  aliases: Map<string, string>;
  keys: Map<number, Key>;
  nextKeyId: number;
  /** From version 30 on. */
  synonymSets: Map<string, Rules>;
  curationSets: Map<string, Rules>;
  /** Documents with these ids are refused with 400. */
  refusedIds: Set<string>;
}

export const createState = (adminKey: string, version: string): State => ({
  version,
  adminKey,
  collections: new Map(),
  aliases: new Map(),
  keys: new Map(),
  nextKeyId: 0,
  synonymSets: new Map(),
  curationSets: new Map(),
  refusedIds: new Set(),
});

/** An answer that is not a success. */
export class Refusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** The collection of this name, or that the alias of this name points at. */
export const findCollection = (state: State, name: string): Collection | undefined =>
  state.collections.get(name) ?? state.collections.get(state.aliases.get(name) ?? "");

export const collectionOf = (state: State, name: string): Collection => {
  const collection = findCollection(state, name);
  if (!collection) throw new Refusal(404, "Collection not found");
  return collection;
};

export const describeCollection = ({ schema, createdAt, documents }: Collection) => ({
  created_at: createdAt,
  enable_nested_fields: false,
  symbols_to_index: [],
  token_separators: [],
  ...schema,
  num_documents: documents.size,
});

/** Up to 32 bits, as Typesense has it. */
const INT32_MAX = 2 ** 31 - 1;

const HOLDS: Record<string, (value: unknown) => boolean> = {
  string: (value) => typeof value === "string",
  int32: (value) => Number.isInteger(value) && Math.abs(Number(value)) <= INT32_MAX,
  int64: (value) => Number.isInteger(value),
  bool: (value) => typeof value === "boolean",
};

const faultOf = ({ name, type, optional }: Field, value: unknown): string | undefined => {
  if (value === undefined || value === null)
    return optional
      ? undefined
      : `Field \`${name}\` has been declared in the schema, but is not found in the document.`;
  return (HOLDS[type] ?? (() => true))(value) ? undefined : `Field \`${name}\` must be ${type}.`;
};

/** Stores a document in the place of one with the same id. Throws {@link Refusal}. */
export const upsert = (state: State, collection: Collection, sent: unknown): Document => {
  const parsed = documentSchema.safeParse(sent);
  if (!parsed.success) throw new Refusal(400, "Document's `id` field should be a string.");
  const document = parsed.data;
  if (state.refusedIds.has(document.id)) throw new Refusal(400, `Document ${document.id} is refused by the test.`);
  for (const field of collection.schema.fields) {
    const fault = field.name === "id" ? undefined : faultOf(field, document[field.name]);
    if (fault !== undefined) throw new Refusal(400, fault);
  }
  for (const [name, value] of Object.entries(document)) if (value === null) delete document[name];
  collection.documents.set(document.id, document);
  return document;
};

/** What a request asks to do, and with which collection. */
export interface Need {
  action: string;
  collection?: string;
}

const allows = (key: Key, { action, collection }: Need, nowSeconds: number): boolean => {
  if (key.expires_at < nowSeconds) return false;
  const [resource] = action.split(":");
  if (!key.actions.some((allowed) => ["*", action, `${resource}:*`].includes(allowed))) return false;
  if (collection === undefined) return true;
  return key.collections.some((allowed) => allowed === "*" || new RegExp(`^(?:${allowed})$`).test(collection));
};

/** Whether whoever sends this key may do that. */
export const mayDo = (state: State, sent: string | undefined, needs: readonly Need[], nowSeconds: number): boolean => {
  if (sent === state.adminKey) return true;
  const key = [...state.keys.values()].find(({ value }) => value === sent);
  return key !== undefined && needs.every((need) => allows(key, need, nowSeconds));
};
