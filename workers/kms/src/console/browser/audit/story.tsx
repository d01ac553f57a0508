/** An entry and all that belongs to it: its request, what was done to its target, and what its actor did at that time. */
import type { JSX } from "preact";
import { addressOf, call, Empty, Link, Loading, Section, Time, useList, useLoaded, View } from "#console";
import { Entries, Outcome, Sentence } from "./entries.tsx";
import { addressFor, type Filter, queryOf } from "./filter.tsx";
import { Named, type Names, useNames } from "./names.tsx";
import type { Entry } from "./words.ts";

const AROUND_MS = 15 * 60_000;
const FEW = 10;

/** The list continues before the entry after it. */
const cursorAfter = (id: number): string => btoa(String(id + 1)).replace(/=+$/, "");

const findEntry = async (id: number, signal: AbortSignal): Promise<Entry | undefined> => {
  const { data } = await call("GET /kms/audit", { query: { limit: 1, after: cursorAfter(id) }, signal });
  const [entry] = data.items;
  return entry?.id === id ? entry : undefined;
};

const Facts = ({ entry, names }: { entry: Entry; names: Names }): JSX.Element => {
  const { at, action, actor, actingService, target, count, address, personal, requestId, link } = entry;
  const facts: readonly (readonly [string, JSX.Element | string | null])[] = [
    ["When", <Time at={at} />],
    ["Exactly", at],
    ["Action", <code>{action}</code>],
    ["Outcome", <Outcome entry={entry} />],
    ["Actor", actor && <Named id={actor} names={names} />],
    ["Actor's id", actor && <code>{actor}</code>],
    ["By way of", actingService],
    ["Target", target && <code>{target}</code>],
    ["Address", address],
    ...Object.entries(personal ?? {}),
    ["Request", requestId && <code>{requestId}</code>],
    ["Stands for", count > 1 ? `${count} events` : null],
    ["Link in the chain", link ? <code>{link}</code> : "not linked yet"],
  ];
  return (
    <dl>
      {facts.map(
        ([name, value]) =>
          value !== null && (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ),
      )}
    </dl>
  );
};

interface RelatedProps {
  title: string;
  entry: Entry;
  filter: Filter;
  names: Names;
}

const Related = ({ title, entry, filter, names }: RelatedProps): JSX.Element => {
  const list = useList("GET /kms/audit", { query: { ...queryOf(filter), limit: FEW } });
  return (
    <Section title={title} actions={<Link to={addressFor(filter)}>Show in the trail</Link>}>
      <Entries label={title} list={list} names={names} empty="Nothing else." currentId={entry.id} />
    </Section>
  );
};

const around = (at: string): Filter => ({
  from: new Date(Date.parse(at) - AROUND_MS).toISOString(),
  to: new Date(Date.parse(at) + AROUND_MS).toISOString(),
});

const Told = ({ entry }: { entry: Entry }): JSX.Element => {
  const names = useNames();
  const { at, actor, target, requestId } = entry;
  return (
    <>
      <Section title="What happened">
        <p>
          <Sentence entry={entry} names={names} />
        </p>
        <Facts entry={entry} names={names} />
      </Section>
      {requestId && (
        <Related title="In the same request" entry={entry} filter={{ requestId, ...around(at) }} names={names} />
      )}
      {target && target !== actor && (
        <Related title="What was done to the same target" entry={entry} filter={{ target }} names={names} />
      )}
      {actor && (
        <Related
          title="What the same actor did in that half hour"
          entry={entry}
          filter={{ actor, ...around(at) }}
          names={names}
        />
      )}
    </>
  );
};

export const Story = ({ id }: { id: number }): JSX.Element => {
  const found = useLoaded(async (signal) => ({ entry: await findEntry(id, signal) }), [id]);
  return (
    <View title={`Audit entry ${id}`} lead={<Link to={addressOf("audit")}>All entries</Link>}>
      <Loading of={found} isThere={found.value !== undefined}>
        {found.value?.entry ? (
          <Told entry={found.value.entry} />
        ) : (
          <Empty>There is no such entry: it does not exist yet, or is older than entries are kept.</Empty>
        )}
      </Loading>
    </View>
  );
};
