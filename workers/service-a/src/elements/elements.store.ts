/** Elements, their versions, and their place in the sequence. */
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { failure } from "#shared/lang/result.ts";
import { textWithinBudget, toSlice } from "../db/slice.ts";
import { statement } from "../db/statement.ts";
import { outcomeOf, refusing, succeeding, write } from "../db/write.store.ts";
import type { Draft, ElementKey } from "../model/element.ts";
import type { ElementStore, NewVersion } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { elements, versions } from "../model/schema.ts";
import { listElements } from "./list.store.ts";
import { findReorder, reorder } from "./reorder.store.ts";

const NEXT_NUMBER = "(SELECT coalesce(max(sequence_number), 0) + 1 FROM elements)";

const EXISTS = "EXISTS (SELECT 1 FROM elements WHERE element_type = :elementType AND element_id = :elementId)";

const CREATED = `iif(${EXISTS}, ${refusing("exists")}, ${succeeding(NEXT_NUMBER)})`;

/** Each changes something only if the one before it did. */
const CREATE = [
  `INSERT INTO elements (element_type, element_id, sequence_number, version_number, created_at, updated_at)
  VALUES (:elementType, :elementId, ${NEXT_NUMBER}, 1, :nowMs, :nowMs)
  ON CONFLICT (element_type, element_id) DO NOTHING RETURNING ${succeeding("sequence_number")} AS outcome`,
  `INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, acting_service,
    created_at)
  SELECT :elementType, :elementId, 1, :text, :comment, :createdBy, :actingService, :nowMs WHERE changes() > 0`,
  `INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT :elementType, :elementId, :nowMs, :nowMs WHERE changes() > 0`,
];

const IS_REPLACEABLE = "(:replaces IS NULL OR version_number IN (SELECT value FROM json_each(:replaces)))";

const ADDED = `coalesce(
  (SELECT iif(${IS_REPLACEABLE}, ${succeeding("version_number + 1")}, ${refusing("not-the-latest")})
  FROM elements WHERE element_type = :elementType AND element_id = :elementId),
  ${refusing("unknown")})`;

const THE_REPLACEABLE = `
  FROM elements WHERE element_type = :elementType AND element_id = :elementId AND ${IS_REPLACEABLE}`;

/** Counting up comes last: until then the version to replace is the latest. */
const ADD_VERSION = [
  `INSERT INTO versions (element_type, element_id, version_number, text, data, comment, created_by, acting_service,
    created_at)
  SELECT element_type, element_id, version_number + 1, :text, :data, :comment, :createdBy, :actingService, :nowMs
  ${THE_REPLACEABLE}`,
  `INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs ${THE_REPLACEABLE}`,
  `UPDATE elements SET version_number = version_number + 1, updated_at = :nowMs
  WHERE element_type = :elementType AND element_id = :elementId AND ${IS_REPLACEABLE}`,
];

const IS_ELEMENT = and(
  eq(elements.elementType, sql.placeholder("elementType")),
  eq(elements.elementId, sql.placeholder("elementId")),
);

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
  data: versions.data,
  comment: versions.comment,
  createdBy: versions.createdBy,
  actingService: versions.actingService,
  createdAtMs: versions.createdAt,
};

const createWrites = ({ client }: Database<typeof schema>) =>
  ({
    create: (draft: Draft, idempotencyKey) => {
      const args = { ...draft };
      const effects = CREATE.map((sql) => statement(sql, args));
      const schema = outcomeOf(z.number(), ["exists"]);
      return write(
        client,
        { outcome: CREATED, schema, effects, args, unlessReturned: failure("exists") },
        idempotencyKey,
      );
    },

    addVersion: ({ replaces, ...draft }: NewVersion, idempotencyKey) => {
      const args = { ...draft, replaces: replaces === undefined ? null : JSON.stringify(replaces) };
      const effects = ADD_VERSION.map((sql) => statement(sql, args));
      const schema = outcomeOf(z.number(), ["unknown", "not-the-latest"]);
      return write(client, { outcome: ADDED, schema, effects, args }, idempotencyKey);
    },

    reorder: (order, idempotencyKey) => reorder(client, order, idempotencyKey),

    findReorder: (idempotencyKey, nowMs) => findReorder(client, idempotencyKey, nowMs),
  }) satisfies Partial<ElementStore>;

/** Prepared once: drizzle takes a quarter of a read's time in the worker to put a statement together. */
const prepareFind = (orm: Database<typeof schema>["orm"]) =>
  orm
    .select({ ...elementColumns, text: versions.text, versionCreatedAtMs: versions.createdAt })
    .from(elements)
    .innerJoin(versions, isLatestVersion)
    .where(IS_ELEMENT)
    .prepare();

const createReads = ({ client, orm }: Database<typeof schema>) => {
  const findStatement = prepareFind(orm);
  return {
    find: ({ elementType, elementId }: ElementKey) => findStatement.get({ elementType, elementId }),

    list: (query) => listElements(client, query),

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
        .select({ ...versionColumns, text: textWithinBudget(versions.text, versions.data, versions.versionNumber) })
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
  } satisfies Partial<ElementStore>;
};

export const createElementStore = (database: Database<typeof schema>): ElementStore => ({
  ...createWrites(database),
  ...createReads(database),
});
