/** The last hour in numbers, each with its course. */
import type { ComponentChildren, JSX } from "preact";
import { addressOf, Bars, PanelLink, type Schemas, Time, type Tone } from "#console";

type Numbers = Schemas["gateway.GatewayOverview"];
type Minute = Numbers["minutes"][number];

const number = new Intl.NumberFormat("en");

const milliseconds = (value: number | null): string =>
  value === null ? "–" : `${number.format(Math.round(value))} ms`;

interface Shown {
  title: string;
  /** Of the whole hour. */
  value: (total: Numbers["total"]) => string;
  /** Of a minute, as its bar. */
  of: (minute: Minute) => number;
  about: ComponentChildren;
  /** Where there were any. */
  tone?: Tone;
}

const SHOWN: readonly Shown[] = [
  {
    title: "Requests",
    value: ({ requests }) => number.format(requests),
    of: ({ requests }) => requests,
    about: "without health checks",
  },
  {
    title: "Errors",
    value: ({ errors }) => number.format(errors),
    of: ({ errors }) => errors,
    about: "500 and more",
    tone: "bad",
  },
  {
    title: "Latency",
    value: ({ latencyMs }) => milliseconds(latencyMs.p50),
    of: ({ latencyMs }) => Math.round(latencyMs.p50 ?? 0),
    about: "or less for half of all requests",
  },
  {
    title: "Latency of most",
    value: ({ latencyMs }) => milliseconds(latencyMs.p95),
    of: ({ latencyMs }) => Math.round(latencyMs.p95 ?? 0),
    about: "or less for 95 of 100 requests",
  },
  {
    title: "Logins",
    value: ({ logins }) => number.format(logins.succeeded),
    of: ({ logins }) => logins.succeeded,
    about: "that succeeded",
  },
  {
    title: "Failed logins",
    value: ({ logins }) => number.format(logins.failed),
    of: ({ logins }) => logins.failed,
    about: "for whatever reason",
    tone: "warn",
  },
  {
    title: "Refusals",
    value: ({ refusals }) => number.format(refusals),
    of: ({ refusals }) => refusals,
    about: (
      <>
        401 and 403 <PanelLink to={addressOf("explain")}>see why</PanelLink>
      </>
    ),
    tone: "warn",
  },
  {
    title: "Limits hit",
    value: ({ limited }) => number.format(limited),
    of: ({ limited }) => limited,
    about: (
      <>
        429 <PanelLink to={addressOf("gateway", "limits")}>see the limits</PanelLink>
      </>
    ),
    tone: "warn",
  },
];

export const Tiles = ({ numbers: { minutes, total } }: { numbers: Numbers }): JSX.Element => (
  <div class="tiles">
    {SHOWN.map(({ title, value, of, about, tone }) => {
      const values = minutes.map(of);
      return (
        <div class="tile">
          <h3>{title}</h3>
          <b>{value(total)}</b>
          <Bars
            label={`${title} by the minute: ${values.at(-1)} now, ${Math.max(...values)} at most`}
            values={values}
            tone={tone ?? "plain"}
          />
          <p class="meta">{about}</p>
        </div>
      );
    })}
  </div>
);

const countedBy = ({ counted, running }: Numbers["processes"]): string => {
  if (running === null) return "one isolate of those at the edge";
  if (counted < running) return `${counted} of ${running} processes`;
  return running === 1 ? "the one process there is" : `all ${running} processes`;
};

/** Whose numbers they are, and since when. */
export const Origin = ({ numbers: { processes, startedAt } }: { numbers: Numbers }): JSX.Element => (
  <p class="meta">
    Counted in memory by {countedBy(processes)}, which started <Time at={startedAt} />.
  </p>
);
