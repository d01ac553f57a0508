/**
 * Synonyms and curations, passed on to Typesense. Up to version 29 a collection has its own, and loses them when another
 * takes its place, unless they are carried over; from version 30 on they are items of sets, which collections name.
 */

import { z } from "zod";
import { failure, type Result, success } from "#shared/lang/result.ts";
import { RULE_KINDS, type Rule, type RuleKind, type RuleOutcome, type Rules } from "../sync/cluster.ts";
import { ALIAS, type Generation, getCollection, RULE_SET } from "./collection.ts";
import type { Keyring } from "./keyring.ts";
import type { Reply, ReplyFailure, TypesenseRequest } from "./reply.ts";
import { engineUnavailable, shapeOf } from "./unavailable.ts";

/** What Typesense calls them: in a collection's path up to 29, and as sets from 30 on. */
const NAMES = {
  synonyms: { own: "synonyms", sets: "synonym_sets" },
  curations: { own: "overrides", sets: "curation_sets" },
} as const satisfies Record<RuleKind, { own: string; sets: string }>;

const TIMEOUT_MS = 5_000;

const ownPath = (kind: RuleKind, collection: string): string =>
  `/collections/${encodeURIComponent(collection)}/${NAMES[kind].own}`;
const setPath = (kind: RuleKind, set: string): string => `/${NAMES[kind].sets}/${encodeURIComponent(set)}`;
const itemsPath = (kind: RuleKind, generation: Generation, collection: string): string =>
  generation === "own-rules" ? ownPath(kind, collection) : `${setPath(kind, RULE_SET)}/items`;

const get = (path: string): TypesenseRequest => ({ method: "get", path, repeatable: true });
const put = (path: string, body: object): TypesenseRequest => ({ method: "put", path, body, repeatable: true });

const itemSchema = z.looseObject({ id: z.string() });
type Item = z.infer<typeof itemSchema>;
/** A plain list from 30 on; before, one by the name of the kind. */
const listSchema = z.union([
  z.array(itemSchema),
  z.object({ synonyms: z.array(itemSchema) }).transform(({ synonyms }) => synonyms),
  z.object({ overrides: z.array(itemSchema) }).transform(({ overrides }) => overrides),
]);
const collectionSchema = z.looseObject({
  synonym_sets: z.array(z.string()).default([]),
  curation_sets: z.array(z.string()).default([]),
});

const ruleSchema = z.record(z.string(), z.unknown());

const outcomeOf = (reply: Reply): RuleOutcome => {
  if (reply.ok) return success(shapeOf(ruleSchema, reply.value));
  const { error } = reply;
  if (error.kind === "missing") return failure("unknown");
  if (error.kind === "refused") return failure("refused", { message: error.message });
  throw engineUnavailable(error);
};

export interface CarriedRules extends Rules {
  /** Makes sure of the sets that a new collection names. */
  prepare(): Promise<Reply>;
  /** Gives a new collection what the one before it has. */
  carryOver(from: string, to: string): Promise<Reply>;
}

export interface RulesOptions {
  call: Keyring["call"];
  generation: () => Promise<Generation>;
  /** Collections being filled, which need the rule as well. */
  upcoming: () => Promise<readonly string[]>;
}

const DONE: Reply = success({});

export const createRules = ({ call, generation, upcoming }: RulesOptions): CarriedRules => {
  const ask = (request: TypesenseRequest): Promise<Reply> => call(request, TIMEOUT_MS);

  /** The items at a path; none where there is nothing. */
  const itemsAt = async (path: string): Promise<Result<Item[], ReplyFailure>> => {
    const reply = await ask(get(path));
    if (reply.ok) return success(shapeOf(listSchema, reply.value));
    return reply.error.kind === "missing" ? success([]) : reply;
  };

  const copyItems = async (from: string, to: string): Promise<Reply> => {
    const found = await itemsAt(from);
    if (!found.ok) return found;
    for (const { id, ...rule } of found.value) {
      const reply = await ask(put(`${to}/${encodeURIComponent(id)}`, withoutEmpty(rule)));
      if (!reply.ok) return reply;
    }
    return DONE;
  };

  /** The same to the live collection and to those being built. */
  const everywhere = async (
    kind: RuleKind,
    id: string,
    request: (path: string) => TypesenseRequest,
  ): Promise<Reply> => {
    const now = await generation();
    const pathIn = (collection: string) => `${itemsPath(kind, now, collection)}/${encodeURIComponent(id)}`;
    const reply = await ask(request(pathIn(ALIAS)));
    if (!reply.ok || now === "rule-sets") return reply;
    for (const collection of await upcoming()) {
      const also = await ask(request(pathIn(collection)));
      if (!also.ok && also.error.kind !== "missing") return also;
    }
    return reply;
  };

  return {
    list: async (kind) => {
      const found = await itemsAt(itemsPath(kind, await generation(), ALIAS));
      if (!found.ok) throw engineUnavailable(found.error);
      return found.value;
    },

    find: async (kind, id) =>
      outcomeOf(await ask(get(`${itemsPath(kind, await generation(), ALIAS)}/${encodeURIComponent(id)}`))),

    put: async (kind, id, rule) => outcomeOf(await everywhere(kind, id, (path) => put(path, rule))),

    remove: async (kind, id) =>
      outcomeOf(await everywhere(kind, id, (path) => ({ method: "delete", path, repeatable: true }))),

    prepare: async () => {
      if ((await generation()) === "own-rules") return DONE;
      for (const kind of RULE_KINDS) {
        const reply = await ask(get(setPath(kind, RULE_SET)));
        if (!reply.ok && reply.error.kind !== "missing") return reply;
        const made = reply.ok ? reply : await ask(put(setPath(kind, RULE_SET), { items: [] }));
        if (!made.ok) return made;
      }
      return DONE;
    },

    carryOver: async (from, to) => {
      const now = await generation();
      const described = now === "own-rules" ? undefined : await ask(getCollection(from));
      if (described && !described.ok) return described.error.kind === "missing" ? DONE : described;
      const named = described && shapeOf(collectionSchema, described.value);
      for (const kind of RULE_KINDS) {
        const sets = named ? named[NAMES[kind].sets].filter((set) => set !== RULE_SET) : [];
        const sources = now === "own-rules" ? [ownPath(kind, from)] : sets.map((set) => `${setPath(kind, set)}/items`);
        for (const source of sources) {
          const reply = await copyItems(source, itemsPath(kind, now, to));
          if (!reply.ok) return reply;
        }
      }
      return DONE;
    },
  };
};

/** Typesense shows a root that is not there as an empty one, and would not take it back like that. */
const withoutEmpty = (rule: Rule): Rule => Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== ""));
