/** The audit trail, newest first: filtered, and followed as it grows. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
  addressOf,
  Button,
  call,
  Failure,
  fetchAs,
  Link,
  type Listed,
  Section,
  saveFile,
  useAction,
  useEvery,
  useList,
  useLocation,
  View,
} from "#console";
import { Entries } from "./entries.tsx";
import { addressFor, type Filter, FilterForm, filterIn, queryOf } from "./filter.tsx";
import { useNames } from "./names.tsx";
import type { Entry } from "./words.ts";

const PAGE = 50;
const POLL_SECONDS = 3;
/** With more than so many new ones the list begins again, so that it never outgrows the page. */
const MOST_NEW = 500;

/** The list with what has come since it was loaded. */
const useFollowed = (filter: Filter, isPaused: boolean): Listed<Entry> => {
  const query = { ...queryOf(filter), limit: PAGE };
  const list = useList("GET /kms/audit", { query });
  const [added, setAdded] = useState<readonly Entry[]>([]);
  const known = list.items?.[0]?.id ?? 0;
  // Those that a reload has brought are in the list itself.
  const fresh = added.filter(({ id }) => id > known);
  const newest = fresh[0]?.id ?? known;
  const poll = useAction(async () => {
    const { data } = await call("GET /kms/audit", { query });
    const found = data.items.filter(({ id }) => id > newest);
    const isGap = found.length === PAGE || fresh.length + found.length > MOST_NEW;
    if (isGap) list.reload();
    else if (found.length > 0) setAdded([...found, ...fresh]);
  });
  useEvery(POLL_SECONDS, () => {
    if (!isPaused && list.items) void poll.run();
  });
  return { ...list, items: list.items && [...fresh, ...list.items], error: list.error ?? poll.error };
};

const EXPORT = "application/x-ndjson";

const exportLines = async (filter: Filter): Promise<void> => {
  const response = await fetchAs(`/kms/audit?${new URLSearchParams(queryOf(filter))}`, EXPORT);
  saveFile("audit.jsonl", await response.blob());
};

const FilteredTrail = ({ filter }: { filter: Filter }): JSX.Element => {
  const [isPaused, setPaused] = useState(false);
  const names = useNames();
  const list = useFollowed(filter, isPaused);
  const save = useAction(() => exportLines(filter), "Exported.");
  const isFiltered = Object.keys(filter).length > 0;
  return (
    <View
      title="Audit"
      lead="Who did what, and what was refused: each login, each change, each use of a secret. No one can change it unseen."
      actions={
        <>
          <Button isBusy={save.isBusy} onClick={() => void save.run()}>
            {isFiltered ? "Export these" : "Export"}
          </Button>
          <Link class="button" to={addressOf("audit", "verify")}>
            Verify the chain
          </Link>
        </>
      }
    >
      <Failure error={save.error} />
      <section class="card" aria-label="Filter">
        <FilterForm filter={filter} />
        {isFiltered && <Link to={addressOf("audit")}>Show everything</Link>}
      </section>
      <Section
        title="Entries"
        actions={
          <>
            <span class="meta">{isPaused ? "Paused" : "Live: new entries appear by themselves"}</span>
            <Button aria-pressed={isPaused} onClick={() => setPaused(!isPaused)}>
              {isPaused ? "Follow" : "Pause"}
            </Button>
          </>
        }
      >
        <Entries
          label="Audit entries"
          list={list}
          names={names}
          empty={
            <>
              No entry matches. <Link to={addressOf("audit")}>Show everything</Link>
            </>
          }
        />
      </Section>
    </View>
  );
};

export const Trail = (): JSX.Element => {
  const filter = filterIn(useLocation().query);
  // Another filter is another list, of which nothing is known yet.
  return <FilteredTrail key={addressFor(filter)} filter={filter} />;
};
