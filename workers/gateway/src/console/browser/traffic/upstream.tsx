/** One service behind the gateway: its targets, routes, limits and scopes. */
import type { JSX } from "preact";
import { addressOf, Badge, Link, Section, Table, Time } from "#console";
import { namesIn, type Route, routesIn } from "../configured/lines.ts";
import { One } from "../configured/one.tsx";
import { UPSTREAM_FIELDS } from "./upstream-fields.tsx";
import { Breaker, prefixOf, standingOf, type Upstream } from "./upstreams.tsx";
import { UpstreamUsage } from "./usage.tsx";

type Target = Upstream["state"]["targets"][number];

const Standing = ({ target }: { target: Target }): JSX.Element => {
  const [tone, word] = standingOf(target);
  return <Badge tone={tone}>{word}</Badge>;
};

const FAILURES: Record<NonNullable<Target["failure"]>, string> = {
  unreached: "takes no connection",
  lost: "the connection broke",
  late: "did not respond in time",
  "gateway-error": "responded 502, 503 or 504",
  "health-check": "failed its health check",
};

const Trouble = ({ target: { failures, failingSince, failure, ejectedUntil } }: { target: Target }): JSX.Element => (
  <>
    {failures > 0 && failure && (
      <>
        {FAILURES[failure]}, {failures} in a row, the first <Time at={failingSince} />
      </>
    )}
    {ejectedUntil && (
      <>
        {" "}
        (gets no calls until <Time at={ejectedUntil} />)
      </>
    )}
  </>
);

const Targets = ({ state }: Pick<Upstream, "state">): JSX.Element => (
  <Section title="Targets">
    <p>
      Breaker <Breaker state={state} />
    </p>
    <Table
      label="Targets"
      rows={state.targets}
      keyOf={({ url }) => url}
      columns={[
        { title: "Where", cell: ({ url }) => <code>{url}</code> },
        { title: "Weight", isNumber: true, cell: ({ weight }) => weight },
        { title: "Status", cell: (target) => <Standing target={target} /> },
        { title: "Trouble", cell: (target) => <Trouble target={target} /> },
      ]}
      empty="It has no target: its callers get 503."
    />
  </Section>
);

/** A call that the route fits, to be explained. */
const exampleOf = ({ match }: Route, upstream: Upstream): string => {
  const [method = "", path = ""] = match.split(" ");
  const prefix = prefixOf(upstream);
  const example = (prefix === "/" ? "" : prefix) + path.replaceAll(/\{[^}]*\}|\*\*?/g, "1");
  const query = new URLSearchParams({ method: method === "*" ? "GET" : method, path: example });
  if (typeof upstream["host"] === "string") query.set("host", upstream["host"]);
  return `${addressOf("explain")}?${query}`;
};

const nameOfPolicy = (policy: unknown): string => (typeof policy === "string" ? policy : "one of its own");

const Routes = ({ upstream }: { upstream: Upstream }): JSX.Element => (
  <Section title="Routes">
    <Table
      label="Routes"
      rows={routesIn(upstream["routes"])}
      keyOf={({ match }) => match}
      columns={[
        { title: "Calls", cell: ({ match }) => <code>{match}</code> },
        {
          title: "Who",
          cell: ({ scope, anyone }) =>
            anyone === true ? <Badge tone="warn">anyone</Badge> : scope ? <code>{scope}</code> : "any credential",
        },
        {
          title: "Second factor",
          cell: ({ stepUp }) => (stepUp ? `within ${Object(stepUp).maxAgeSeconds} seconds` : ""),
        },
        { title: "Policies", cell: ({ policy }) => namesIn([policy ?? []].flat().map(nameOfPolicy)) },
        { title: "", cell: (route) => <Link to={exampleOf(route, upstream)}>Explain</Link> },
      ]}
      empty="It has no routes: any valid credential may call every path."
    />
  </Section>
);

const Scopes = ({ scopes }: { scopes: unknown }): JSX.Element => (
  <Section title="Scopes">
    <Table
      label="Scopes"
      rows={Object.entries({ ...Object(scopes) })}
      keyOf={([name]) => name}
      columns={[
        { title: "Scope", cell: ([name]) => <code>{name}</code> },
        { title: "Allows", cell: ([, allows]) => String(allows) },
      ]}
      empty="It has none of its own."
    />
  </Section>
);

const isUpstream = (stored: object): stored is Upstream => "state" in stored;

export const UpstreamPage = ({ name }: { name: string }): JSX.Element => (
  <One
    kind="upstreams"
    name={name}
    fields={UPSTREAM_FIELDS}
    deletion="Its callers get 404 from then on, open connections end, and no role can grant its scopes any more."
  >
    {(stored) =>
      isUpstream(stored) && (
        <>
          <Targets state={stored.state} />
          <Routes upstream={stored} />
          <UpstreamUsage name={name} />
          <Scopes scopes={stored["scopes"]} />
        </>
      )
    }
  </One>
);
