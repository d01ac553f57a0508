/** Policies: who may call what, by attributes of the caller and the call. */
import type { JSX } from "preact";
import { Badge, Checks, Choice, Field, Link, ListTable, Section, TextField, useList } from "#console";
import type { Fields } from "../configured/editor.tsx";
import { linesOf, namesIn, namesOf } from "../configured/lines.ts";
import { type Body, placeOf, type Stored, withMembers } from "../configured/objects.ts";
import { One } from "../configured/one.tsx";

const whenOf = (body: Body): Body => ({ ...Object(body["when"]) });

const NAMED = [
  ["roles", "Roles", "The caller has one of them"],
  ["scopes", "Scopes", "The caller has one of them"],
  ["subject", "Subjects", "The caller is one of them: a user's id, or service:NAME"],
  ["service", "Services", "One of them calls, for itself or for a user"],
] as const;

export const POLICY_FIELDS: Fields = {
  show: (body) => {
    const when = whenOf(body);
    return (
      <>
        <Choice
          name="effect"
          label="Effect"
          defaultValue={String(body["effect"] ?? "deny")}
          options={[
            ["deny", "Deny: these calls are refused"],
            ["allow", "Allow: only these may call what it names"],
          ]}
        />
        <TextField
          name="routes"
          label="Routes"
          rows={3}
          required
          defaultValue={[body["routes"] ?? []].flat().join("\n")}
          placeholder="* /notes/admin/**"
          hint="Method and path as callers send it, one a line"
        />
        <p class="meta">All of the following that is given must hold; without, it applies to everyone.</p>
        {NAMED.map(([name, label, hint]) => (
          <Field
            name={`when/${name}`}
            label={label}
            defaultValue={namesIn(when[name])}
            hint={`${hint}; commas between`}
          />
        ))}
        <Field
          name="when/addresses"
          label="Addresses"
          defaultValue={namesIn(when["addresses"])}
          placeholder="10.0.0.0/8, 2001:db8::/32"
          hint="Networks; commas between. Hours and parts of the path are set in the JSON"
        />
        <Checks
          legend="Try it"
          name="dryRun"
          options={[["dryRun", "Dry run: it decides nothing, and the log says what it would refuse"]]}
          chosen={body["dryRun"] === true ? ["dryRun"] : []}
        />
      </>
    );
  },
  read: ({ text, all }, body) => {
    const addresses = namesOf(text("when/addresses"));
    const when = withMembers(whenOf(body), {
      ...Object.fromEntries(NAMED.map(([name]) => [name, namesOf(text(`when/${name}`))])),
      addresses: addresses === undefined ? undefined : [addresses].flat(),
    });
    return withMembers(body, {
      effect: text("effect"),
      routes: linesOf(text("routes")),
      when: Object.keys(when).length > 0 ? when : undefined,
      dryRun: all("dryRun").length > 0 ? true : undefined,
    });
  },
};

const Effect = ({ policy: { effect, dryRun } }: { policy: Stored }): JSX.Element => (
  <>
    <Badge tone={effect === "deny" ? "bad" : "good"}>{String(effect)}</Badge>{" "}
    {dryRun === true && <Badge tone="warn">dry run</Badge>}
  </>
);

const conditionsOf = (policy: Stored): string => Object.keys(whenOf(policy)).join(", ") || "everyone";

const Routes = ({ policy }: { policy: Stored }): JSX.Element => (
  <ul class="plain">
    {[policy["routes"] ?? []].flat().map((route) => (
      <li>
        <code>{String(route)}</code>
      </li>
    ))}
  </ul>
);

export const PolicyList = (): JSX.Element => (
  <section class="card">
    <ListTable
      label="Policies"
      list={useList("GET /gateway/policies")}
      keyOf={({ name }) => name}
      columns={[
        { title: "Policy", cell: ({ name }) => <Link to={placeOf("policies", name)}>{name}</Link> },
        { title: "Effect", cell: (policy) => <Effect policy={policy} /> },
        { title: "Routes", cell: (policy) => <Routes policy={policy} /> },
        { title: "By", cell: conditionsOf },
      ]}
      empty="No policy yet: scopes alone decide. A policy says from where, when and by whom besides."
    />
  </section>
);

export const PolicyPage = ({ name }: { name: string }): JSX.Element => (
  <One
    kind="policies"
    name={name}
    fields={POLICY_FIELDS}
    deletion="It decides nothing from then on. Routes of services that name it refuse everything."
  >
    {(policy) => (
      <Section title="What it says">
        <dl>
          <dt>Effect</dt>
          <dd>
            <Effect policy={policy} />
          </dd>
          <dt>Routes</dt>
          <dd>
            <Routes policy={policy} />
          </dd>
          <dt>By</dt>
          <dd>{conditionsOf(policy)}</dd>
        </dl>
      </Section>
    )}
  </One>
);
