/** How much a service calls. */
import type { JSX } from "preact";
import { Bars, call, Empty, Loading, type Schemas, Section, Time, useLoaded } from "#console";

type HourOfUse = Schemas["kms.HourOfUse"];

const HOUR_MS = 3_600_000;
const SHOWN_HOURS = 7 * 24;

const readHours = async (service: string): Promise<HourOfUse[]> => {
  const first = Math.floor(Date.now() / HOUR_MS - SHOWN_HOURS + 1) * HOUR_MS;
  const { data } = await call("GET /kms/keys/{service}/usage", {
    path: { service },
    query: { from: new Date(first).toISOString(), limit: 200 },
  });
  const found = new Map(data.items.map((hour) => [Date.parse(hour.hour), hour]));
  return Array.from({ length: SHOWN_HOURS }, (_, at) => {
    const start = first + at * HOUR_MS;
    return found.get(start) ?? { hour: new Date(start).toISOString(), calls: 0, refused: 0, limited: 0 };
  });
};

const sumOf = (hours: readonly HourOfUse[], member: "calls" | "refused" | "limited"): number =>
  hours.reduce((sum, hour) => sum + hour[member], 0);

export const Usage = ({ service }: { service: string }): JSX.Element => {
  const loaded = useLoaded(() => readHours(service), [service]);
  const hours = loaded.value ?? [];
  const last = hours.findLast(({ calls }) => calls > 0);
  return (
    <Section title="Use in the last 7 days">
      <Loading of={loaded} isThere={loaded.value !== undefined}>
        {last === undefined ? (
          <Empty>No calls in the last 7 days. They appear here up to a minute after they were made.</Empty>
        ) : (
          <>
            <Bars label={`Calls of ${service} by the hour`} values={hours.map(({ calls }) => calls)} />
            <p>
              {sumOf(hours, "calls").toLocaleString("en")} calls, of these{" "}
              {sumOf(hours, "refused").toLocaleString("en")} refused and {sumOf(hours, "limited").toLocaleString("en")}{" "}
              beyond a limit. The last hour with calls began <Time at={last.hour} />.
            </p>
          </>
        )}
      </Loading>
    </Section>
  );
};
