/** What service-a needs of a database. */
import type { Result } from "#shared/lang/result.ts";
import type { Author, CurrentElement, Draft, Element, ElementKey, ElementType, Version } from "./element.ts";
import type { IdempotencyKey, Written } from "./idempotency.ts";
import type { Move } from "./reorder.ts";
import type { NewScript, Script, StoredScript } from "./script.ts";

/** Part of a list: it may end before `limit`, when the texts in it are long. */
export interface Slice<Item> {
  items: Item[];
  hasMore: boolean;
}

/** Where a list of elements continues. */
export interface Place {
  sequenceNumber: number;
  /** The last one before the list began: however elements are moved after it, the list shows them where they stood. */
  move: number;
}

export interface ElementQuery {
  elementType?: ElementType | undefined;
  scriptId?: number | undefined;
  /** Only what follows this place. */
  after?: Place | undefined;
  limit: number;
}

export interface ElementSlice extends Slice<Element>, Pick<Place, "move"> {}

export interface VersionQuery extends ElementKey {
  /** Only what follows this version number. */
  after: number;
  limit: number;
}

export interface NewVersion extends Draft {
  /** The JSON object that was given in place of a text. */
  data: string | null;
  /** The version must replace one of these; any, if unset. */
  replaces?: readonly number[] | undefined;
}

export interface NewOrder extends Pick<Author, "nowMs"> {
  elementType: ElementType;
  /** Distinct ids. */
  newOrder: readonly number[];
}

export interface Reordered {
  /** In the new order; none when an id is unknown. */
  moves: Move[];
  /** Where the unknown ids stand in `newOrder`. */
  unknownPlaces: number[];
}

/** Writes that are given a name are done once under it, whatever came of them. */
export interface ElementStore {
  /** The sequence number of the new element: the one after the largest. */
  create(draft: Draft, idempotencyKey?: IdempotencyKey): Promise<Written<Result<number, "exists">>>;
  /** The number of the new version: the one after the latest. */
  addVersion(
    version: NewVersion,
    idempotencyKey?: IdempotencyKey,
  ): Promise<Written<Result<number, "unknown" | "not-the-latest">>>;
  /** Reassigns the elements' sequence numbers among them, all or nothing. */
  reorder(order: NewOrder, idempotencyKey?: IdempotencyKey): Promise<Written<Reordered>>;
  /** What came of the reordering that had this key before; `undefined` where none had. */
  findReorder(idempotencyKey: IdempotencyKey, nowMs: number): Promise<Written<Reordered> | undefined>;
  find(key: ElementKey): Promise<CurrentElement | undefined>;
  /** In sequence, with the numbers that the elements had when the list began. */
  list(query: ElementQuery): Promise<ElementSlice>;
  findVersion(key: ElementKey, versionNumber: number): Promise<Version | undefined>;
  /** Oldest first. */
  listVersions(query: VersionQuery): Promise<Slice<Version>>;
}

export interface ScriptStore {
  /** The id of the new script, whose elements are numbered without a gap. */
  create(script: NewScript, author: Author, idempotencyKey?: IdempotencyKey): Promise<Written<number>>;
  find(scriptId: number): Promise<Script | undefined>;
  /** By id, after the one given. */
  list(query: { after: number; limit: number }): Promise<Script[]>;
  /** Sections in sequence, inside a section as imported, each in its latest version. */
  read(scriptId: number): Promise<StoredScript | undefined>;
}
