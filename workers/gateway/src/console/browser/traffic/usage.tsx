/** Who uses up a limit at present. */
import type { JSX } from "preact";
import { call, Loading, Progress, type Schemas, Section, Table, Time, useLoaded, useRefresh } from "#console";

const REFRESH_SECONDS = 10;

type Usage = Schemas["gateway.UpstreamUsage"]["limits"][number];
type Consumer = Usage["top"][number];

const PARTS = ["address", "subject", "service", "key"] as const;

const nameOf = ({ caller }: Consumer): string => {
  const parts = PARTS.flatMap((part) => (caller[part] === undefined ? [] : [`${part} ${caller[part]}`]));
  return parts.join(", ") || "everyone together";
};

/** `100 in 1m per service and address`. */
export const limitInWords = ({ per, limit, window }: { per: unknown; limit: unknown; window: unknown }): string =>
  `${Number(limit).toLocaleString("en")} in ${window === "month" ? "a month" : window} per ${[per].flat().join(" and ")}`;

const Consumers = ({ usage }: { usage: Usage }): JSX.Element => (
  <>
    <Table
      label={`Who uses ${usage.name}`}
      rows={usage.top}
      keyOf={nameOf}
      columns={[
        { title: "Caller", cell: nameOf },
        {
          title: "Used",
          cell: (consumer) => (
            <Progress label={`Used by ${nameOf(consumer)}`} done={consumer.used} total={consumer.allowed} />
          ),
        },
        { title: "At zero again", cell: ({ resetAt }) => <Time at={resetAt} /> },
      ]}
      empty="No call counts at present."
    />
    {usage.callers > usage.top.length && (
      <p class="meta">These have used the most, of {usage.callers} callers whose calls count.</p>
    )}
  </>
);

const wordsFor = ({ counted, running }: Schemas["gateway.Processes"]): string => {
  if (running === null) return "As the one isolate of the edge that responded counts.";
  return counted < running ? `As ${counted} of ${running} processes count.` : "";
};

/** Of a limit on routes. */
export const LimitUsage = ({ name }: { name: string }): JSX.Element => {
  const usage = useLoaded(
    async (signal) => (await call("GET /gateway/limits/{name}/usage", { path: { name }, signal })).data,
    [name],
  );
  useRefresh(REFRESH_SECONDS, usage);
  return (
    <Section title="Used at present">
      <Loading of={usage} isThere={usage.value !== undefined}>
        {usage.value && (
          <>
            <Consumers usage={usage.value} />
            <p class="meta">{wordsFor(usage.value.processes)}</p>
          </>
        )}
      </Loading>
    </Section>
  );
};

/** Of the limits of an upstream and of its routes. */
export const UpstreamUsage = ({ name }: { name: string }): JSX.Element => {
  const usage = useLoaded(
    async (signal) => (await call("GET /gateway/upstreams/{name}/usage", { path: { name }, signal })).data,
    [name],
  );
  useRefresh(REFRESH_SECONDS, usage);
  const { limits = [], processes } = usage.value ?? {};
  return (
    <Section title="Limits">
      <Loading of={usage} isThere={usage.value !== undefined}>
        {limits.length === 0 && <p class="meta">It has none of its own. Limits on routes may fit its calls besides.</p>}
        {limits.map((one) => (
          <>
            <h3>
              {one.name} <span class="meta">{limitInWords(one)}</span>{" "}
              {one.route !== undefined && <code>{one.route}</code>}
            </h3>
            <Consumers usage={one} />
          </>
        ))}
        {processes && limits.length > 0 && <p class="meta">{wordsFor(processes)}</p>}
      </Loading>
    </Section>
  );
};

/** The one caller that has used the most of a limit. */
export const MostUsed = ({ name }: { name: string }): JSX.Element => {
  const { value } = useLoaded(
    async (signal) => (await call("GET /gateway/limits/{name}/usage", { path: { name }, signal })).data,
    [name],
  );
  const [first] = value?.top ?? [];
  if (!first) return <span class="meta">{value ? "nothing" : "…"}</span>;
  return <Progress label={`Most used of ${name}, by ${nameOf(first)}`} done={first.used} total={first.allowed} />;
};
