/** Imported screenplays. */
import type { InStatement } from "@libsql/client";
import { and, asc, eq, gt, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { breathe } from "#shared/lang/steps.ts";
import { inPortions } from "../db/slice.ts";
import { write } from "../db/write.store.ts";
import { ELEMENT_TYPES } from "../model/element.ts";
import type { ScriptStore } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { elements, scripts, versions } from "../model/schema.ts";
import type { NewElement } from "../model/script.ts";
import { MARKUPS } from "../screenplay/element.ts";

const IMPORT_COMMENT = "imported";
const MAX_LISTED_TITLE_LENGTH = 200;

const NEXT_ID = "(SELECT coalesce(max(element_id), 0) + 1 FROM elements WHERE element_type = 'script')";

const INSERT_SCRIPT = `
  INSERT INTO scripts (id, title_page, counts, created_by, acting_service, created_at)
  VALUES (${NEXT_ID}, :titlePage, :counts, :createdBy, :actingService, :nowMs)`;

/** The script of this transaction: ids only grow. */
const SCRIPT_ID = "(SELECT max(id) FROM scripts)";

const largestId = (type: string): string =>
  `coalesce((SELECT max(element_id) FROM elements WHERE element_type = ${type}), 0)`;

/** Rows are type, ordinal, ordinal of the section, markup; the first one is the script itself. */
const INSERT_ELEMENTS = `
  INSERT INTO elements (element_type, element_id, sequence_number, version_number, script_id, section_id, position,
    markup, created_at, updated_at)
  SELECT value ->> 0, ${largestId("value ->> 0")} + (value ->> 1),
    (SELECT coalesce(max(sequence_number), 0) FROM elements) + 1 + key, 1,
    iif(key > 0, ${SCRIPT_ID}, NULL), ${largestId("'section'")} + (value ->> 2), key, value ->> 3, :nowMs, :nowMs
  FROM json_each(:rows) ORDER BY key`;

const SCRIPT_NUMBER = `
  (SELECT sequence_number FROM elements WHERE element_type = 'script' AND element_id = ${SCRIPT_ID})`;

const INSERT_VERSIONS = `
  INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, acting_service,
    created_at)
  SELECT element_type, element_id, 1, texts.value, :comment, :createdBy, :actingService, :nowMs
  FROM json_each(:texts) AS texts CROSS JOIN elements ON sequence_number = ${SCRIPT_NUMBER} + :offset + texts.key`;

const INSERT_CHANGES = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs FROM elements WHERE sequence_number >= ${SCRIPT_NUMBER}
  ORDER BY sequence_number`;

/** One value for all of them: a row each would take the client ten times as long, without a pause. */
const READ_KEYS = `
  SELECT json_group_array(json_array(element_type, element_id, version_number, markup, length)) AS keys FROM (
    SELECT elements.element_type, elements.element_id, elements.version_number, elements.markup,
      length(versions.text) AS length
    FROM elements
    JOIN versions ON versions.element_type = elements.element_type AND versions.element_id = elements.element_id
      AND versions.version_number = elements.version_number
    LEFT JOIN elements AS sections ON sections.element_type = 'section' AND sections.element_id = elements.section_id
    WHERE elements.script_id = :scriptId ORDER BY sections.sequence_number, elements.position)`;

const READ_TEXTS = `
  SELECT text FROM json_each(:keys) AS wanted CROSS JOIN versions
  ON element_type = wanted.value ->> 0 AND element_id = wanted.value ->> 1 AND version_number = wanted.value ->> 2
  ORDER BY wanted.key`;

const rowOf = ({ elementType, ordinal, sectionOrdinal, markup }: NewElement) => [
  elementType,
  ordinal,
  sectionOrdinal,
  markup,
];

/** Where texts are found. A version never changes, so that it is the same however long we take to come for it. */
const keysOf = z.array(
  z
    .tuple([z.enum(ELEMENT_TYPES), z.int(), z.int(), z.enum(MARKUPS).nullable(), z.int()])
    .transform(([elementType, elementId, versionNumber, markup, textLength]) => ({
      elementType,
      elementId,
      versionNumber,
      markup,
      textLength,
    })),
);
type TextKey = z.output<typeof keysOf>[number];

const isTitleElement = and(eq(elements.elementType, "script"), eq(elements.elementId, scripts.id));

const isLatestVersion = and(
  eq(versions.elementType, elements.elementType),
  eq(versions.elementId, elements.elementId),
  eq(versions.versionNumber, elements.versionNumber),
);

export const createScriptStore = ({ client, orm }: Database<typeof schema>): ScriptStore => {
  const selectScripts = () =>
    orm
      .select({
        scriptId: scripts.id,
        title: sql<string>`substr(${versions.text}, 1, ${MAX_LISTED_TITLE_LENGTH})`,
        counts: scripts.counts,
        createdAtMs: scripts.createdAt,
      })
      .from(scripts)
      .innerJoin(elements, isTitleElement)
      .innerJoin(versions, isLatestVersion);

  const readTexts = async (keys: readonly TextKey[]): Promise<string[]> => {
    const texts: string[] = [];
    for (const portion of inPortions(keys, ({ textLength }) => textLength)) {
      const args = { keys: JSON.stringify(portion.map((key) => [key.elementType, key.elementId, key.versionNumber])) };
      const { rows } = await client.execute({ sql: READ_TEXTS, args });
      for (const row of rows) texts.push(String(row["text"]));
    }
    return texts;
  };

  return {
    create: async ({ titlePage, counts, elements: created }, author, idempotencyKey) => {
      const { nowMs } = author;
      let offset = 0;
      const insertVersions: InStatement[] = [];
      for (const portion of inPortions(created, ({ text }) => text.length)) {
        const texts = JSON.stringify(portion.map(({ text }) => text));
        insertVersions.push({ sql: INSERT_VERSIONS, args: { texts, offset, comment: IMPORT_COMMENT, ...author } });
        offset += portion.length;
        await breathe();
      }
      const effects = [
        { sql: INSERT_SCRIPT, args: { titlePage, counts: JSON.stringify(counts), ...author } },
        { sql: INSERT_ELEMENTS, args: { rows: JSON.stringify(created.map(rowOf)), nowMs } },
        ...insertVersions,
        { sql: INSERT_CHANGES, args: { nowMs } },
      ];
      return write(client, { outcome: NEXT_ID, schema: z.number(), effects, args: { nowMs } }, idempotencyKey);
    },

    find: async (scriptId) => {
      const [found] = await selectScripts().where(eq(scripts.id, scriptId));
      return found;
    },

    list: ({ after, limit }) => selectScripts().where(gt(scripts.id, after)).orderBy(asc(scripts.id)).limit(limit),

    read: async (scriptId) => {
      const [found] = await orm
        .select({ title: versions.text, titlePage: scripts.titlePage })
        .from(scripts)
        .innerJoin(elements, isTitleElement)
        .innerJoin(versions, isLatestVersion)
        .where(eq(scripts.id, scriptId));
      if (!found) return undefined;
      const { rows } = await client.execute({ sql: READ_KEYS, args: { scriptId } });
      const keys = keysOf.parse(JSON.parse(String(rows[0]?.["keys"])));
      const texts = await readTexts(keys);
      const lines = keys.map(({ markup }, at) => ({ markup: markup ?? "action", text: texts[at] ?? "" }));
      return { ...found, lines };
    },
  };
};
