/** Limits on routes, and who uses them up. */
import type { JSX } from "preact";
import { Badge, Checks, Field, Link, ListTable, Section, useList } from "#console";
import type { Fields } from "../configured/editor.tsx";
import { placeOf, withMembers } from "../configured/objects.ts";
import { One } from "../configured/one.tsx";
import { LimitUsage, limitInWords, MostUsed } from "./usage.tsx";

const textIn = (value: unknown): string => (value === undefined ? "" : String(value));

export const LIMIT_FIELDS: Fields = {
  show: (body) => (
    <>
      <Field
        name="match"
        label="Calls"
        required
        defaultValue={textIn(body["match"])}
        placeholder="POST /service-a/scripts"
        hint="Method and path; {name} and * stand for a segment, ** for any number of them, * for any method"
      />
      <Checks
        legend="Counted for each"
        name="per"
        options={[
          ["address", "address"],
          ["subject", "subject: user or service"],
          ["service", "service"],
          ["key", "API key"],
          ["all", "all together"],
        ]}
        chosen={[body["per"] ?? "address"].flat().map(String)}
      />
      <Field name="limit" label="Calls allowed" type="number" min={1} required defaultValue={textIn(body["limit"])} />
      <Field
        name="window"
        label="In"
        required
        pattern="[1-9][0-9]*[smhd]|month"
        defaultValue={textIn(body["window"]) || "1m"}
        hint="1s to 1d, or month"
      />
      <Field
        name="burst"
        label="At once"
        type="number"
        min={1}
        defaultValue={textIn(body["burst"])}
        hint="How many may come at once; all, if empty"
      />
      <Checks
        legend="Counting"
        name="exact"
        options={[["exact", "Exact: all processes count together"]]}
        chosen={body["exact"] === true ? ["exact"] : []}
      />
    </>
  ),
  read: ({ text, all }, body) => {
    const per = all("per");
    return withMembers(body, {
      match: text("match"),
      per: per.length === 1 ? per[0] : per,
      limit: Number(text("limit")),
      window: text("window"),
      burst: text("burst") === "" ? undefined : Number(text("burst")),
      exact: all("exact").length > 0 ? true : undefined,
    });
  },
};

const SOURCES = { api: "set", file: "file", default: "default" } as const;

export const LimitList = (): JSX.Element => (
  <section class="card">
    <ListTable
      label="Limits"
      list={useList("GET /gateway/limits")}
      keyOf={({ name }) => name}
      columns={[
        { title: "Limit", cell: ({ name }) => <Link to={placeOf("limits", name)}>{name}</Link> },
        { title: "Calls", cell: ({ match }) => <code>{String(match)}</code> },
        { title: "Allowed", cell: ({ per, limit, window }) => limitInWords({ per, limit, window }) },
        { title: "From", cell: ({ source }) => <Badge>{SOURCES[source]}</Badge> },
        { title: "Most used", cell: ({ name }) => <MostUsed name={name} /> },
      ]}
      empty="No limit yet. Calls that anyone may make should have one."
    />
  </section>
);

export const LimitPage = ({ name }: { name: string }): JSX.Element => (
  <One
    kind="limits"
    name={name}
    fields={LIMIT_FIELDS}
    deletion="Calls are no longer counted by it. A default of this name holds again."
  >
    {({ match, per, limit, window, burst, exact }) => (
      <>
        <Section title="What it allows">
          <dl>
            <dt>Calls</dt>
            <dd>
              <code>{String(match)}</code>
            </dd>
            <dt>Allowed</dt>
            <dd>{limitInWords({ per, limit, window })}</dd>
            <dt>At once</dt>
            <dd>{burst === undefined ? "all of them" : String(burst)}</dd>
            <dt>Counted</dt>
            <dd>{exact === true || window === "month" ? "by all processes together" : "by each process for itself"}</dd>
          </dl>
        </Section>
        <LimitUsage name={name} />
      </>
    )}
  </One>
);
