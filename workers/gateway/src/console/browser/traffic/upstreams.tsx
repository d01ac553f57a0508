/** The services behind the gateway, and how each is. */
import type { JSX } from "preact";
import { Badge, Link, ListTable, type Schemas, type Tone, useList } from "#console";
import { routesIn } from "../configured/lines.ts";
import { placeOf } from "../configured/objects.ts";

export type Upstream = Schemas["gateway.StoredUpstream"];

const BREAKER: Record<Upstream["state"]["breaker"], Tone> = { closed: "good", "half-open": "warn", open: "bad" };

export const Breaker = ({ state }: Pick<Upstream, "state">): JSX.Element => (
  <Badge tone={BREAKER[state.breaker]}>{state.breaker}</Badge>
);

type Target = Upstream["state"]["targets"][number];

/** How a target is: one that still gets calls may have failed the last of them. */
export const standingOf = ({ status, failures }: Target): readonly [Tone, string] => {
  if (status === "unhealthy" || status === "ejected") return ["bad", status];
  if (failures > 0) return ["warn", "failing"];
  return [status === "healthy" ? "good" : "plain", status];
};

const Targets = ({ state: { targets } }: Pick<Upstream, "state">): JSX.Element => {
  const troubled = targets.filter((target) => ["bad", "warn"].includes(standingOf(target)[0])).length;
  if (targets.length === 0) return <Badge tone="bad">none</Badge>;
  if (troubled === 0) return <Badge tone="good">{`${targets.length} usable`}</Badge>;
  return (
    <Badge tone={troubled === targets.length ? "bad" : "warn"}>{`${troubled} of ${targets.length} failing`}</Badge>
  );
};

/** Where its paths begin. */
export const prefixOf = ({ name, prefix, host }: Upstream): string =>
  typeof prefix === "string" ? prefix : host === undefined ? `/${name}` : "/";

export const UpstreamList = (): JSX.Element => (
  <section class="card">
    <ListTable
      label="Upstreams"
      list={useList("GET /gateway/upstreams")}
      keyOf={({ name }) => name}
      columns={[
        { title: "Upstream", cell: ({ name }) => <Link to={placeOf("upstreams", name)}>{name}</Link> },
        { title: "At", cell: (upstream) => <code>{`${upstream["host"] ?? ""}${prefixOf(upstream)}`}</code> },
        { title: "Targets", cell: ({ state }) => <Targets state={state} /> },
        { title: "Breaker", cell: ({ state }) => <Breaker state={state} /> },
        { title: "Routes", isNumber: true, cell: ({ routes }) => routesIn(routes).length || "any" },
      ]}
      empty="No service behind the gateway yet. Put the first one there: its callers are known before it is called."
    />
  </section>
);
