/** Which entries are shown: the filter stands in the address. */
import type { JSX } from "preact";
import { addressOf, Choice, Field, Form, navigate } from "#console";

export const FILTERS = ["actor", "action", "target", "outcome", "requestId", "from", "to"] as const;

export type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

/** Those that the query of the address has. */
export const filterIn = (query: URLSearchParams): Filter =>
  Object.fromEntries(FILTERS.flatMap((name) => (query.get(name) ? [[name, query.get(name)]] : [])));

/** The trail of entries that match. */
export const addressFor = (filter: Filter): string => {
  const query = new URLSearchParams(filter).toString();
  return addressOf("audit") + (query && `?${query}`);
};

const OUTCOMES = [
  ["", "any"],
  ["success", "success"],
  ["failure", "failure"],
  ["refused", "refused"],
] as const;

const isOutcome = (text: string): text is "success" | "failure" | "refused" =>
  OUTCOMES.some(([value]) => value !== "" && value === text);

/** The query of the call. An outcome that is none is left to the server to refuse. */
export const queryOf = ({ outcome, ...filter }: Filter) => ({
  ...filter,
  ...(outcome !== undefined && isOutcome(outcome) && { outcome }),
});

const MINUTE = "YYYY-MM-DDTHH:MM".length;

/** As a field of the browser's own time zone has it. */
const toLocal = (instant: string | undefined): string => {
  const time = Date.parse(instant ?? "");
  if (Number.isNaN(time)) return "";
  return new Date(time - new Date(time).getTimezoneOffset() * 60_000).toISOString().slice(0, MINUTE);
};

const toInstant = (local: string): string => (local === "" ? "" : new Date(local).toISOString());

/** Those that are shown once they are asked for. */
const SELDOM = ["target", "requestId", "from", "to"] as const;

export const FilterForm = ({ filter }: { filter: Filter }): JSX.Element => (
  <Form
    layout="row"
    action="Filter"
    onSend={async ({ text }) => {
      const given = {
        ...Object.fromEntries(FILTERS.map((name) => [name, text(name)])),
        from: toInstant(text("from")),
        to: toInstant(text("to")),
      };
      navigate(addressFor(Object.fromEntries(Object.entries(given).filter(([, value]) => value !== ""))));
    }}
  >
    <Field name="actor" label="Actor" defaultValue={filter.actor ?? ""} placeholder="username or service:name" />
    <Field name="action" label="Action" defaultValue={filter.action ?? ""} placeholder="login" />
    <Choice name="outcome" label="Outcome" options={OUTCOMES} defaultValue={filter.outcome ?? ""} />
    <details class="fields" open={SELDOM.some((name) => filter[name] !== undefined)}>
      <summary>By target, request and time</summary>
      <div class="columns">
        <Field name="target" label="Target" defaultValue={filter.target ?? ""} placeholder="id, name or path" />
        <Field name="requestId" label="Request" defaultValue={filter.requestId ?? ""} placeholder="X-Request-Id" />
        <Field name="from" label="From" type="datetime-local" defaultValue={toLocal(filter.from)} />
        <Field name="to" label="Before" type="datetime-local" defaultValue={toLocal(filter.to)} />
      </div>
    </details>
  </Form>
);
