/** The calls that were refused in the last hour, to pick one from. */
import type { JSX } from "preact";
import {
  addressOf,
  Badge,
  call,
  Link,
  Loading,
  type Schemas,
  Section,
  Table,
  Time,
  useLoaded,
  useLocation,
  useRefresh,
} from "#console";
import { addressOfExplanation } from "./described.ts";

const REFRESH_SECONDS = 10;
const SHOWN = 50;

type Refused = Schemas["gateway.RefusedCall"];
const STATUSES = [401, 403, 429] as const;
type Status = (typeof STATUSES)[number];

const nameOf = ({ subject, service, key }: Refused["caller"]): string => {
  const names = [service, key && `key ${key}`, subject].filter(Boolean);
  return names.join(", ") || "unknown";
};

export const Refusals = (): JSX.Element => {
  const { query } = useLocation();
  const status = STATUSES.find((one) => String(one) === query.get("status"));
  const refusals = useLoaded(
    async (signal) =>
      (await call("GET /gateway/refusals", { query: { limit: SHOWN, ...(status && { status }) }, signal })).data,
    [status],
  );
  useRefresh(REFRESH_SECONDS, refusals);
  const tab = (wanted: Status | undefined): JSX.Element => {
    const next = new URLSearchParams(query);
    next.delete("status");
    if (wanted) next.set("status", String(wanted));
    return (
      <Link to={`${addressOf("explain")}?${next}`} current={wanted === status}>
        {wanted ?? "All"}
      </Link>
    );
  };
  return (
    <Section title="Refused in the last hour">
      <nav class="tabs" aria-label="Statuses">
        {tab(undefined)}
        {STATUSES.map(tab)}
      </nav>
      <Loading of={refusals} isThere={refusals.value !== undefined}>
        <Table
          label="Refused calls"
          rows={refusals.value?.items ?? []}
          keyOf={({ requestId }) => requestId}
          columns={[
            { title: "When", cell: ({ at }) => <Time at={at} /> },
            { title: "Status", cell: (refused) => <Badge tone="warn">{refused.status}</Badge> },
            {
              title: "Call",
              cell: ({ call: { method, path } }) => (
                <code>
                  {method} {path}
                </code>
              ),
            },
            {
              title: "Caller",
              cell: ({ caller, call: { address } }) => `${nameOf(caller)}${address ? ` at ${address}` : ""}`,
            },
            {
              title: "Because",
              cell: ({ reason, rule }) => [reason ?? "what was called refused it", rule].filter(Boolean).join(": "),
            },
            {
              title: "",
              cell: ({ call: described }) => (
                <Link to={`${addressOfExplanation(described)}${status ? `&status=${status}` : ""}`}>Explain</Link>
              ),
            },
          ]}
          empty="No call was refused since the gateway started, or in the last hour."
        />
      </Loading>
    </Section>
  );
};
