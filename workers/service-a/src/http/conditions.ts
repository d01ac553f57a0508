/** The entity tag of an element (RFC 9110 §8.8.3). */
import { etagOf } from "#shared/semantics/entity-tag.ts";
import type { CurrentElement } from "../model/element.ts";

type Tagged = Pick<CurrentElement, "versionNumber" | "updatedAtMs" | "versionCreatedAtMs">;

/**
 * The tag of an element as it is read: its place in the sequence is part of that, and changes without a new version. An element
 * that was not moved has the tag of its version.
 */
export const currentEtagOf = ({ versionNumber, updatedAtMs, versionCreatedAtMs }: Tagged): string =>
  etagOf(versionNumber, updatedAtMs === versionCreatedAtMs ? undefined : updatedAtMs);
