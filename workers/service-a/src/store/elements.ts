/** Elements, their versions, and their place in the sequence. */
import { and, asc, eq, gt } from "drizzle-orm";
import { failure, success } from "#shared/contracts/result.ts";
import { type Database, isUniqueViolation } from "#shared/db/database.ts";
import type { Draft, ElementKey } from "../domain/element.ts";
import type { ElementStore, NewVersion } from "../domain/ports.ts";
import { reorder } from "./reorder.ts";
import type * as schema from "./schema.ts";
import { elements, versions } from "./schema.ts";
import { textWithinBudget, toSlice } from "./slice.ts";
import { statement } from "./statement.ts";

const INSERT_ELEMENT = `
  INSERT INTO elements (element_type, element_id, sequence_number, version_number, created_at, updated_at)
  SELECT :elementType, :elementId, coalesce(max(sequence_number), 0) + 1, 1, :nowMs, :nowMs FROM elements
  RETURNING sequence_number`;

const INSERT_FIRST_VERSION = `
  INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, created_at)
  VALUES (:elementType, :elementId, 1, :text, :comment, :createdBy, :nowMs)`;

const INSERT_CHANGE = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  VALUES (:elementType, :elementId, :nowMs, :nowMs)`;

/** The element, if the new version may replace its latest. Counting up comes last: until then it holds alike. */
const IS_REPLACEABLE = `
  element_type = :elementType AND element_id = :elementId
  AND (:replaces IS NULL OR version_number IN (SELECT value FROM json_each(:replaces)))`;

const INSERT_VERSION = `
  INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, created_at)
  SELECT element_type, element_id, version_number + 1, :text, :comment, :createdBy, :nowMs
  FROM elements WHERE ${IS_REPLACEABLE}
  RETURNING version_number`;

const INSERT_CHANGE_IF_REPLACEABLE = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs FROM elements WHERE ${IS_REPLACEABLE}`;

const COUNT_UP = `
  UPDATE elements SET version_number = version_number + 1, updated_at = :nowMs WHERE ${IS_REPLACEABLE}`;

const EXISTS = "SELECT 1 FROM elements WHERE element_type = :elementType AND element_id = :elementId";

const isElement = ({ elementType, elementId }: ElementKey) =>
  and(eq(elements.elementType, elementType), eq(elements.elementId, elementId));

const isLatestVersion = and(
  eq(versions.elementType, elements.elementType),
  eq(versions.elementId, elements.elementId),
  eq(versions.versionNumber, elements.versionNumber),
);

const elementColumns = {
  elementType: elements.elementType,
  elementId: elements.elementId,
  sequenceNumber: elements.sequenceNumber,
  versionNumber: elements.versionNumber,
  scriptId: elements.scriptId,
  createdAtMs: elements.createdAt,
  updatedAtMs: elements.updatedAt,
  comment: versions.comment,
};

const versionColumns = {
  elementType: versions.elementType,
  elementId: versions.elementId,
  versionNumber: versions.versionNumber,
  comment: versions.comment,
  createdBy: versions.createdBy,
  createdAtMs: versions.createdAt,
};

const createWrites = ({ client }: Database<typeof schema>) =>
  ({
    create: async (draft: Draft) => {
      const args = { ...draft };
      try {
        const [inserted] = await client.batch(
          [INSERT_ELEMENT, INSERT_FIRST_VERSION, INSERT_CHANGE].map((sql) => statement(sql, args)),
          "write",
        );
        return success(Number(inserted?.rows[0]?.["sequence_number"]));
      } catch (error) {
        if (isUniqueViolation(error)) return failure("exists");
        throw error;
      }
    },

    addVersion: async ({ replaces, ...draft }: NewVersion) => {
      const args = { ...draft, replaces: replaces === undefined ? null : JSON.stringify(replaces) };
      const [inserted, , , known] = await client.batch(
        [INSERT_VERSION, INSERT_CHANGE_IF_REPLACEABLE, COUNT_UP, EXISTS].map((sql) => statement(sql, args)),
        "write",
      );
      const versionNumber = inserted?.rows[0]?.["version_number"];
      if (typeof versionNumber === "number") return success(versionNumber);
      return failure(known?.rows.length === 0 ? "unknown" : "not-the-latest");
    },

    reorder: (order) => reorder(client, order),
  }) satisfies Partial<ElementStore>;

const createReads = ({ orm }: Database<typeof schema>) =>
  ({
    find: async (key) => {
      const [found] = await orm
        .select({ ...elementColumns, text: versions.text })
        .from(elements)
        .innerJoin(versions, isLatestVersion)
        .where(isElement(key));
      return found;
    },

    list: async ({ elementType, scriptId, after, limit }) => {
      const rows = await orm
        .select({ ...elementColumns, text: textWithinBudget(versions.text, elements.sequenceNumber) })
        .from(elements)
        .innerJoin(versions, isLatestVersion)
        .where(
          and(
            gt(elements.sequenceNumber, after),
            elementType && eq(elements.elementType, elementType),
            scriptId === undefined ? undefined : eq(elements.scriptId, scriptId),
          ),
        )
        .orderBy(asc(elements.sequenceNumber))
        .limit(limit + 1);
      return toSlice(rows, limit);
    },

    findVersion: async ({ elementType, elementId }, versionNumber) => {
      const [found] = await orm
        .select({ ...versionColumns, text: versions.text })
        .from(versions)
        .where(
          and(
            eq(versions.elementType, elementType),
            eq(versions.elementId, elementId),
            eq(versions.versionNumber, versionNumber),
          ),
        );
      return found;
    },

    listVersions: async ({ elementType, elementId, after, limit }) => {
      const rows = await orm
        .select({ ...versionColumns, text: textWithinBudget(versions.text, versions.versionNumber) })
        .from(versions)
        .where(
          and(
            eq(versions.elementType, elementType),
            eq(versions.elementId, elementId),
            gt(versions.versionNumber, after),
          ),
        )
        .orderBy(asc(versions.versionNumber))
        .limit(limit + 1);
      return toSlice(rows, limit);
    },
  }) satisfies Partial<ElementStore>;

export const createElementStore = (database: Database<typeof schema>): ElementStore => ({
  ...createWrites(database),
  ...createReads(database),
});
