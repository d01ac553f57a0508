/** What is configured, compiled: each process holds it in memory and follows its changes. */
import type { z } from "zod";
import { type RouteLimitBody, routeLimitBody } from "../limits/limit.ts";
import { policyBody } from "../policies/policy.ts";
import { compileRule, type Rule } from "../policies/rule.ts";
import { compileUpstream, createUpstreamFinder, type Upstream } from "../upstreams/compiled.ts";
import { upstreamBody } from "../upstreams/upstream.ts";
import type { Kind } from "./configuration.schema.ts";
import { createFollowed, type Followed } from "./followed.ts";
import type { ObjectStore, StoredConfiguration } from "./stored.ts";

/** An object under its name. */
export interface Named<Body> {
  name: string;
  body: Body;
}

export interface Configuration {
  /** Grows with every change. */
  revision: number;
  upstreams: ReadonlyMap<string, Upstream>;
  find: ReturnType<typeof createUpstreamFinder>;
  limits: readonly Named<RouteLimitBody>[];
  /** By their names. */
  policies: ReadonlyMap<string, Rule>;
}

/** By which schema each kind is read, when it is stored and when it is loaded. */
export const BODIES = { upstream: upstreamBody, limit: routeLimitBody, policy: policyBody } as const satisfies Record<
  Kind,
  z.ZodType
>;

/**
 * Compiles what is stored. Throws if it is not as it was checked. `ownHost`: that of Fountain itself, which no upstream has
 * even if it was stored when Fountain had another one.
 */
export const compileConfiguration = ({ revision, objects }: StoredConfiguration, ownHost?: string): Configuration => {
  const of = (kind: Kind) => objects.filter((object) => object.kind === kind);
  const upstreams = of("upstream").map(({ name, body, version }) =>
    compileUpstream(name, BODIES.upstream.parse(body), version),
  );
  return {
    revision,
    upstreams: new Map(upstreams.map((upstream) => [upstream.name, upstream])),
    find: createUpstreamFinder(upstreams.filter(({ host }) => host === undefined || host !== ownHost)),
    limits: of("limit").map(({ name, body }) => ({ name, body: BODIES.limit.parse(body) })),
    policies: new Map(of("policy").map(({ name, body }) => [name, compileRule(name, BODIES.policy.parse(body))])),
  };
};

export interface ConfigurationOptions {
  store: Pick<ObjectStore, "loadSince">;
  onFailure: (error: unknown) => void;
  /** Of Fountain itself. */
  ownHost: string | undefined;
  /** Called with each configuration that is another. */
  onChange: (configuration: Configuration) => void;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Follows the configuration: a change is live within five seconds, and the last one stays while the database is away. */
export const followConfiguration = ({
  store,
  onFailure,
  ownHost,
  onChange,
  now,
}: ConfigurationOptions): Followed<Configuration> =>
  createFollowed<Configuration>({
    load: async (known) => {
      const loaded = await store.loadSince(known?.revision);
      if (loaded !== "unchanged") {
        const changed = compileConfiguration(loaded, ownHost);
        onChange(changed);
        return changed;
      }
      if (known === undefined) throw new Error("nothing is unchanged before the first load");
      return known;
    },
    onFailure,
    now,
  });
