/** Audit entries as a table of what happened, in words. */
import type { ComponentChildren, JSX } from "preact";
import { addressOf, Badge, type Column, Link, type Listed, ListTable, Time, type Tone } from "#console";
import { Named, type Names } from "./names.tsx";
import { deedOf, type Entry } from "./words.ts";

const TONES: Readonly<Record<Entry["outcome"], Tone>> = { success: "good", failure: "warn", refused: "bad" };

export const Outcome = ({ entry: { outcome, reason } }: { entry: Entry }): JSX.Element => (
  <>
    <Badge tone={TONES[outcome]}>{outcome}</Badge> {reason && <span class="meta">{reason}</span>}
  </>
);

/** Who did what, and to what. */
export const Sentence = ({ entry, names }: { entry: Entry; names: Names }): JSX.Element => {
  const { actor, target, actingService, count } = entry;
  return (
    <span>
      {actor === null ? "Someone unknown" : <Named id={actor} names={names} />} {deedOf(entry)}{" "}
      {target !== null && target !== actor && <Named id={target} names={names} />}
      {actingService !== null && (
        <>
          {" "}
          by way of <code>{actingService}</code>
        </>
      )}
      {count > 1 && ` (${count} times)`}
    </span>
  );
};

const columnsFor = (names: Names, isCurrent: (entry: Entry) => boolean): readonly Column<Entry>[] => [
  { title: "When", cell: ({ at }) => <Time at={at} /> },
  { title: "What", cell: (entry) => <Sentence entry={entry} names={names} /> },
  { title: "Outcome", cell: (entry) => <Outcome entry={entry} /> },
  { title: "Address", cell: ({ address }) => address ?? <span class="meta">none</span> },
  {
    title: "",
    cell: (entry) =>
      isCurrent(entry) ? (
        <span class="meta">this entry</span>
      ) : (
        <Link to={addressOf("audit", String(entry.id))}>Entry {entry.id}</Link>
      ),
  },
];

interface EntriesProps {
  label: string;
  list: Listed<Entry>;
  names: Names;
  empty: ComponentChildren;
  /** The one that the others are shown for. */
  currentId?: number;
}

export const Entries = ({ label, list, names, empty, currentId }: EntriesProps): JSX.Element => (
  <ListTable
    label={label}
    list={list}
    keyOf={({ id }) => String(id)}
    columns={columnsFor(names, ({ id }) => id === currentId)}
    empty={empty}
  />
);
