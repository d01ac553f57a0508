/** What a screenplay is made of once it has been read: elements in order, and the section groups they form. */

/** In UTF-16 code units, as are all lengths here. */
export const MAX_TEXT_LENGTH = 2 ** 20;

export const ELEMENT_TYPES = ["section", "character", "action", "spokenWord"] as const;
export type ScreenplayElementType = (typeof ELEMENT_TYPES)[number];

/**
 * How an element is written in Fountain, next to the four types of our own. A closed list of plain strings, so that a
 * column and a schema can take it as it is. Sections deeper than six count as six.
 */
export const MARKUPS = [
  "section-1",
  "section-2",
  "section-3",
  "section-4",
  "section-5",
  "section-6",
  "scene-heading",
  "character",
  "dual-character",
  "dialogue",
  "action",
  "centered",
  "transition",
  "lyrics",
  "synopsis",
  "note",
  "page-break",
] as const;
export type Markup = (typeof MARKUPS)[number];

/**
 * One element. `text` is what a reader sees and search finds: without the marks that only say what kind of element it
 * is, with inline emphasis, inline notes and scene numbers as the author wrote them.
 *
 * A dialogue block is two elements: its cue, then one `dialogue` element with all its lines, parentheticals and sung
 * lines (`~`) among them, one per line of `text`.
 */
export interface ScreenplayElement {
  readonly elementType: ScreenplayElementType;
  readonly markup: Markup;
  readonly text: string;
}

/** An element as its author wrote it. */
export interface WrittenElement extends ScreenplayElement {
  /** What stands between it and the element before: line ends, blank lines, boneyard. */
  readonly lead: string;
  /** The element itself, with its marks, and with the boneyard in its lines. */
  readonly source: string;
}

/** Title page, the elements with their leads, and the tail make up the text, but for its line ends and byte order mark. */
export interface Screenplay {
  /** The title in plain words, without emphasis; empty when no title page names one. */
  readonly title: string;
  /** The title page as written, with the blank lines before it, without the one that ends it; empty when there is none. */
  readonly titlePage: string;
  readonly elements: readonly WrittenElement[];
  /** What follows the last element. */
  readonly tail: string;
}

const TYPE_OF_MARKUP = {
  "section-1": "section",
  "section-2": "section",
  "section-3": "section",
  "section-4": "section",
  "section-5": "section",
  "section-6": "section",
  "scene-heading": "section",
  character: "character",
  "dual-character": "character",
  dialogue: "spokenWord",
  action: "action",
  centered: "action",
  transition: "action",
  lyrics: "action",
  synopsis: "action",
  note: "action",
  "page-break": "action",
} as const satisfies Record<Markup, ScreenplayElementType>;

/** The element type that a kind of markup belongs to. */
export const elementTypeOf = (markup: Markup): ScreenplayElementType => TYPE_OF_MARKUP[markup];

export type ElementCounts = Readonly<Record<ScreenplayElementType, number>>;

/** How many elements there are of each type. */
export const countElements = (elements: Iterable<{ readonly elementType: ScreenplayElementType }>): ElementCounts => {
  const counts = { section: 0, character: 0, action: 0, spokenWord: 0 };
  for (const { elementType } of elements) counts[elementType] += 1;
  return counts;
};

/** A section with all that follows it up to the next one; without `section`, what stands before the first. */
export interface SectionGroup<E> {
  readonly section: E | undefined;
  /** All elements of the group in order, the section itself first. */
  readonly elements: readonly E[];
}

/**
 * Splits elements into groups that can be put in another order. Every `#` section and every scene heading opens a group
 * of its own, whatever its depth; only the first group may lack a section. Joined in order the groups give the
 * elements again.
 */
export const groupBySection = <E extends { readonly elementType: ScreenplayElementType }>(
  elements: Iterable<E>,
): readonly SectionGroup<E>[] => {
  const groups: { section: E | undefined; elements: E[] }[] = [];
  for (const element of elements) {
    const group = groups.at(-1);
    if (element.elementType === "section") groups.push({ section: element, elements: [element] });
    else if (group === undefined) groups.push({ section: undefined, elements: [element] });
    else group.elements.push(element);
  }
  return groups;
};
