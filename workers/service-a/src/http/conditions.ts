/** Entity tags of elements, and conditions on their versions (RFC 9110 §8.8.3, §13.1). */
import type { CurrentElement } from "../model/element.ts";

/** The tag of a version, and of an element that was not moved since: it is the same in both. */
export const etagOf = (versionNumber: number): string => `"${versionNumber}"`;

type Tagged = Pick<CurrentElement, "versionNumber" | "updatedAtMs" | "versionCreatedAtMs">;

/** The tag of an element as it is read: its place in the sequence is part of that, and changes without a new version. */
export const currentEtagOf = ({ versionNumber, updatedAtMs, versionCreatedAtMs }: Tagged): string =>
  updatedAtMs === versionCreatedAtMs ? etagOf(versionNumber) : `"${versionNumber}.${updatedAtMs}"`;

/**
 * The versions that `If-Match` names (§13.1.1); `undefined` when there is no condition, or any version will do. Weak and
 * foreign tags match nothing. A new version replaces the text alone, wherever the element was moved to meanwhile.
 */
export const versionsToMatch = (header: string | undefined): number[] | undefined => {
  if (header === undefined || header.trim() === "*") return undefined;
  return header.split(",").flatMap((tag) => {
    const digits = /^\s*"([1-9]\d{0,14})(?:\.\d{1,15})?"\s*$/.exec(tag)?.[1];
    return digits === undefined ? [] : [Number(digits)];
  });
};
