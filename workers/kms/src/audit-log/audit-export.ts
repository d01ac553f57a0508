/**
 * The audit trail as JSON Lines, oldest entry first. Personal data stays sealed, so that erasing them reaches every
 * copy. A whole range of the chain can be checked without the kms, see `runtime/audit`: its first line says what it follows,
 * its last one has a checkpoint, so that neither end can be cut off unseen.
 */
import { type ChainPlace, type ChainState, EMPTY_CHAIN, type StoredEntry } from "./audit-chain.ts";
import type { Checkpoint, PublicJwk } from "./audit-checkpoints.ts";
import type { AuditFilter, AuditReader, WrappedMacKey } from "./audit-reading.ts";

const PAGE = 500;

/** A checkpoint as it is shown. */
export interface ShownCheckpoint {
  entries: number;
  at: string;
  jws: string;
  publicJwk: PublicJwk;
}

export interface ExportedEntry extends Omit<StoredEntry, "at"> {
  at: string;
  /** On the first line of a range of the chain: the link that it follows, and who vouches for that. */
  follows?: { link: string; checkpoint?: ShownCheckpoint; macKey?: WrappedMacKey };
  /** On the last line of one, and wherever one was made. */
  checkpoint?: ShownCheckpoint;
  /** On the last line of a chain that was put back: a checkpoint of entries that it lacks. */
  later?: ShownCheckpoint;
}

export const showCheckpoint = ({ entryId, at, jws, publicJwk }: Checkpoint): ShownCheckpoint => ({
  entries: entryId,
  at: at.toISOString(),
  jws,
  publicJwk,
});

export interface ExportSource {
  reader: Pick<AuditReader, "listForward" | "findRange" | "readMacKey">;
  readState(): Promise<{ state: ChainState | undefined; checkpointId: number }>;
  readEntry(id: number): Promise<StoredEntry | undefined>;
  /** The checkpoints that were kept, of entries after that one. */
  checkpoints(limit: number, afterEntryId: number): Promise<Checkpoint[]>;
  sign(place: ChainPlace, end?: "end"): Promise<Checkpoint>;
  /** Whether the kms linked it, in a chain that it would carry on. */
  isOurs(place: ChainPlace): boolean;
}

const toLine = ({ at, ...entry }: StoredEntry): ExportedEntry => ({ ...entry, at: at.toISOString() });

const placeOf = ({ id, link, seal }: StoredEntry): ChainPlace | undefined =>
  link === null || seal === null ? undefined : { id, link, seal };

/** Entries of one actor, one acting service or one kind: a selection, not a range of the chain. */
const exportSelection = async function* ({ reader }: ExportSource, filter: AuditFilter): AsyncGenerator<ExportedEntry> {
  let afterId = 0;
  for (;;) {
    const entries = await reader.listForward(filter, PAGE, afterId);
    yield* entries.map(toLine);
    const last = entries.at(-1);
    if (!last || entries.length < PAGE) return;
    afterId = last.id;
  }
};

const vouch = async (
  source: ExportSource,
  place: ChainPlace | undefined,
  end?: "end",
): Promise<ShownCheckpoint | undefined> =>
  place && source.isOurs(place) ? showCheckpoint(await source.sign(place, end)) : undefined;

const beginningOf = async (source: ExportSource, firstId: number, state: ChainState) => {
  const macKey = await source.reader.readMacKey();
  const shared = macKey && { macKey };
  if (firstId === 1) return { link: EMPTY_CHAIN.headLink, ...shared };
  if (firstId === state.baseId + 1) {
    const [checkpoint] = await source.checkpoints(1, state.baseId - 1);
    return { link: state.baseLink, ...(checkpoint && { checkpoint: showCheckpoint(checkpoint) }), ...shared };
  }
  const before = await source.readEntry(firstId - 1);
  const checkpoint = await vouch(source, before && placeOf(before));
  return { link: before?.link ?? "", ...(checkpoint && { checkpoint }), ...shared };
};

const exportRange = async function* (source: ExportSource, filter: AuditFilter): AsyncGenerator<ExportedEntry> {
  const [{ state = EMPTY_CHAIN, checkpointId }, range] = await Promise.all([
    source.readState(),
    source.reader.findRange(filter),
  ]);
  if (!range) return;
  const firstId = range.firstId;
  const lastId = Math.min(range.lastId, state.headId);
  let afterId = firstId - 1;
  while (afterId < lastId) {
    const entries = (await source.reader.listForward({}, PAGE, afterId)).filter(({ id }) => id <= lastId);
    const last = entries.at(-1);
    if (!last) return;
    const kept = new Map(
      (await source.checkpoints(PAGE, afterId)).map((checkpoint) => [checkpoint.entryId, checkpoint]),
    );
    for (const entry of entries) {
      const own = kept.get(entry.id);
      const checkpoint = entry.id === lastId ? await vouch(source, placeOf(entry), "end") : own && showCheckpoint(own);
      const isCutOff = entry.id === state.headId && checkpointId > state.headId;
      const [later] = isCutOff ? await source.checkpoints(1, checkpointId - 1) : [];
      const follows = entry.id === firstId ? await beginningOf(source, firstId, state) : undefined;
      yield {
        ...toLine(entry),
        ...(follows && { follows }),
        ...(checkpoint && { checkpoint }),
        ...(later && { later: showCheckpoint(later) }),
      };
    }
    afterId = last.id;
  }
};

/** The lines, page by page from the database. */
export const exportEntries = (
  source: ExportSource,
  { from, to, ...choice }: AuditFilter,
): AsyncGenerator<ExportedEntry> =>
  Object.values(choice).every((value) => value === undefined)
    ? exportRange(source, { from, to })
    : exportSelection(source, { from, to, ...choice });
