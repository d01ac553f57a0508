/** What service-a keeps: elements, each with its place in the one sequence and a history of versions. */

export const ELEMENT_TYPES = ["script", "section", "character", "action", "spokenWord"] as const;
export type ElementType = (typeof ELEMENT_TYPES)[number];

/** An import numbers its elements on from the largest id in use; above this one there is always room. */
export const MAX_ELEMENT_ID = 2 ** 52;
export const MAX_COMMENT_LENGTH = 2_000;

/** The identity of an element. */
export interface ElementKey {
  elementType: ElementType;
  elementId: number;
}

/** An element in its latest version. Instants are milliseconds since the epoch. */
export interface Element extends ElementKey {
  sequenceNumber: number;
  versionNumber: number;
  comment: string;
  text: string;
  /** The script it was imported with; a script itself, and an element created alone, has none. */
  scriptId: number | null;
  createdAtMs: number;
  updatedAtMs: number;
}

/** An element with the instant at which its latest version was made; it was moved since, if it changed later. */
export interface CurrentElement extends Element {
  versionCreatedAtMs: number;
}

/** One state of an element's text. A version never changes. */
export interface Version extends ElementKey {
  versionNumber: number;
  text: string;
  /** The JSON object that was given in place of a text. */
  data: string | null;
  comment: string;
  /** The subject that made it, and the service that acted for that user. */
  createdBy: string;
  actingService: string | null;
  createdAtMs: number;
}

/** Who writes, and when. */
export interface Author {
  createdBy: string;
  actingService: string | null;
  nowMs: number;
}

/** A text to be written, with the reason for it. */
export interface Draft extends ElementKey, Author {
  text: string;
  comment: string;
}

/** What a database can hold as text: no half of a surrogate pair, no NUL. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes("\0");
