/** What was decided on a described call, where on its way, and every rule that was looked at. */
import type { JSX } from "preact";
import { Badge, call, Loading, type Schemas, Section, Table, Time, type Tone, useLoaded } from "#console";
import type { Described } from "./described.ts";

type Explanation = Schemas["gateway.Explanation"];

/** What a call passes, in this order. */
const STATIONS = ["path", "firewall", "routes", "limit", "credential", "scope", "policy", "step-up"] as const;
type Station = (typeof STATIONS)[number];

const WORDS: Record<Station, string> = {
  path: "Path: is it one that services read in one way only?",
  firewall: "Firewall of the service",
  routes: "Route: is there one that fits?",
  limit: "Limits: those per address first, those of the caller after the credential",
  credential: "Credential: who calls, and may it be used?",
  scope: "Scope",
  policy: "Policies",
  "step-up": "Second factor",
};

const isStation = (name: string | undefined): name is Station => STATIONS.some((station) => station === name);

/** Parts of the configuration stand for a policy of their name. */
const stationOf = ({ by, rule, decision }: Explanation): Station =>
  by === "policy" && decision === "deny" && isStation(rule) ? rule : by;

const STATES: Record<"passed" | "decided" | "beyond", readonly [Tone, string]> = {
  passed: ["good", "passed"],
  decided: ["bad", "refused"],
  beyond: ["plain", "not reached"],
};

const stateOf = (station: Station, explanation: Explanation): keyof typeof STATES => {
  if (explanation.decision === "allow") return "passed";
  const distance = STATIONS.indexOf(station) - STATIONS.indexOf(stationOf(explanation));
  if (distance === 0) return "decided";
  return distance < 0 ? "passed" : "beyond";
};

const Way = ({ explanation }: { explanation: Explanation }): JSX.Element => (
  <ol class="plain rows">
    {STATIONS.map((station) => {
      const [tone, word] = STATES[stateOf(station, explanation)];
      return (
        <li>
          <Badge tone={tone}>{word}</Badge>
          <span>{WORDS[station]}</span>
        </li>
      );
    })}
  </ol>
);

const Decision = ({ explanation, described }: { explanation: Explanation; described: Described }): JSX.Element => {
  const { decision, by, rule, reason, evaluated } = explanation;
  return (
    <>
      <p>
        <Badge tone={decision === "allow" ? "good" : "bad"}>{decision === "allow" ? "allowed" : "denied"}</Badge>{" "}
        <code>
          {described.method} {described.path}
        </code>
      </p>
      <dl>
        <dt>Why</dt>
        <dd>{reason}</dd>
        <dt>Decided by</dt>
        <dd>
          {by}
          {rule !== undefined && (
            <>
              {" "}
              <code>{rule}</code>
            </>
          )}
        </dd>
        <dt>As of</dt>
        <dd>{described.at ? <Time at={described.at} /> : "now"}</dd>
      </dl>
      {decision === "allow" && (
        <p class="meta">
          This is what the gateway decides. What is called may still refuse it for reasons of its own, such as a wrong
          password: those are in its log, and Fountain's in the audit trail.
        </p>
      )}
      <h3>The way of the call</h3>
      <Way explanation={explanation} />
      <h3>Rules that were looked at</h3>
      <Table
        label="Rules that were looked at"
        rows={evaluated}
        keyOf={({ rule: name }) => name}
        columns={[
          { title: "Rule", cell: ({ rule: name }) => <strong>{name}</strong> },
          {
            title: "Applies",
            cell: ({ matched }) => <Badge tone={matched ? "warn" : "plain"}>{matched ? "applies" : "does not"}</Badge>,
          },
          { title: "Why", cell: ({ why }) => why },
        ]}
        empty="None: it was decided before any, or there is none."
      />
    </>
  );
};

export const Verdict = ({ described }: { described: Described }): JSX.Element => {
  const explained = useLoaded(
    async (signal) => (await call("POST /gateway/policies/explain", { body: described, signal })).data,
    [described],
  );
  return (
    <Section title="The decision">
      <Loading of={explained} isThere={explained.value !== undefined}>
        {explained.value && <Decision explanation={explained.value} described={described} />}
      </Loading>
    </Section>
  );
};
