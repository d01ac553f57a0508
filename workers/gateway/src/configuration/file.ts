/** What a configuration file says, and whether it can be beside what else is configured. */

import type { TargetRules } from "../upstreams/target-rules.ts";
import { prefixOf, type UpstreamBody, upstreamBody } from "../upstreams/upstream.ts";
import type { Kind } from "./configuration.schema.ts";
import { refusedIn } from "./refused.ts";
import { MAX_OBJECTS, type ObjectKey } from "./stored.ts";

/** An object of the file, as the schema of its kind gives it. */
export interface FileObject extends ObjectKey {
  body: object;
}

/** The members of the file. */
export const KINDS_BY_MEMBER = { upstreams: "upstream", limits: "limit", policies: "policy" } as const satisfies Record<
  string,
  Kind
>;
export type Member = keyof typeof KINDS_BY_MEMBER;

const MEMBERS = { upstream: "upstreams", limit: "limits", policy: "policies" } as const satisfies Record<Kind, Member>;

interface NamedUpstream {
  name: string;
  body: UpstreamBody;
}

/** What no two upstreams have: calls could not be assigned to one of them. */
export const claimOf = ({ name, body }: NamedUpstream): string => `${body.host ?? "*"} ${prefixOf(name, body)}`;

const conflictBetween = (one: NamedUpstream, other: NamedUpstream): string | undefined => {
  if (claimOf(one) === claimOf(other))
    return `upstreams.${one.name}.prefix: the upstream ${other.name} has this host and prefix`;
  const taken = new Set(Object.keys(other.body.scopes ?? {}));
  const scope = Object.keys(one.body.scopes ?? {}).find((name) => taken.has(name));
  return scope && `upstreams.${one.name}.scopes.${scope}: it belongs to the upstream ${other.name}`;
};

/** A line for each part of the file's objects that can never be, whatever else is configured. */
export const refusalsIn = (file: readonly FileObject[], rules: TargetRules): string[] =>
  file.flatMap((object) =>
    refusedIn(object, rules).map(
      ({ path, detail }) => `${[MEMBERS[object.kind], object.name, ...path].join(".")}: ${detail}`,
    ),
  );

/** A line for each object that cannot be beside the others: of the file, and of those that `kept` names beside it. */
export const conflictsIn = (file: readonly FileObject[], kept: readonly FileObject[]): string[] => {
  const upstreamsIn = (given: readonly FileObject[]): NamedUpstream[] =>
    given.flatMap(({ kind, name, body }) => (kind === "upstream" ? [{ name, body: upstreamBody.parse(body) }] : []));
  const [own, others] = [upstreamsIn(file), upstreamsIn(kept)];
  const conflicts = own.flatMap((one, index) =>
    [...own.slice(0, index), ...others].flatMap((other) => conflictBetween(one, other) ?? []),
  );
  const crowded = Object.entries(KINDS_BY_MEMBER).flatMap(([member, kind]) => {
    const count = [...file, ...kept].filter((object) => object.kind === kind).length;
    return count > MAX_OBJECTS ? [`${member}: there would be ${count}, and at most ${MAX_OBJECTS} can be`] : [];
  });
  return [...conflicts, ...crowded];
};
