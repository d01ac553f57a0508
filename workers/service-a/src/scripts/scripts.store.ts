/** Imported screenplays. */
import type { InStatement, InValue } from "@libsql/client";
import { and, asc, eq, sql } from "drizzle-orm";
import { z } from "zod";
import type { Database } from "#shared/db/database.ts";
import { breathe } from "#shared/lang/steps.ts";
import { inPortions, LONG_TEXT } from "../db/slice.ts";
import { write } from "../db/write.store.ts";
import { ELEMENT_TYPES } from "../model/element.ts";
import type { ScriptStore } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { elements, scripts, versions } from "../model/schema.ts";
import type { NewElement, StoredLine } from "../model/script.ts";
import { MARKUPS } from "../screenplay/element.ts";

const IMPORT_COMMENT = "imported";
const MAX_LISTED_TITLE_LENGTH = 200;

const NEXT_ID = "(SELECT coalesce(max(element_id), 0) + 1 FROM elements WHERE element_type = 'script')";

const INSERT_SCRIPT = `
  INSERT INTO scripts (id, title_page, tail, counts, created_by, acting_service, created_at)
  VALUES (${NEXT_ID}, :titlePage, :tail, :counts, :createdBy, :actingService, :nowMs)`;

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

const insertVersions = (text: string, rows: string, place: string): string => `
  INSERT INTO versions (element_type, element_id, version_number, text, comment, created_by, acting_service,
    created_at)
  SELECT element_type, element_id, 1, ${text}, :comment, :createdBy, :actingService, :nowMs
  FROM ${rows} CROSS JOIN elements ON sequence_number = ${SCRIPT_NUMBER} + ${place}`;

const INSERT_VERSIONS = insertVersions("texts.value", "json_each(:texts) AS texts", ":offset + texts.key");
const INSERT_LONG_VERSION = insertVersions(":text", "(SELECT 1)", ":offset");

const insertWritten = (lead: string, source: string, rows: string, place: string): string => `
  INSERT INTO sources (element_type, element_id, lead, source)
  SELECT element_type, element_id, ${lead}, ${source}
  FROM ${rows} CROSS JOIN elements ON sequence_number = ${SCRIPT_NUMBER} + ${place}`;

/** Sources are lead, source. The script itself has none. */
const INSERT_SOURCES = insertWritten(
  "sources.value ->> 0",
  "sources.value ->> 1",
  "json_each(:sources) AS sources",
  "1 + :offset + sources.key",
);
const INSERT_LONG_SOURCE = insertWritten(":lead", ":source", "(SELECT 1)", "1 + :offset");

const INSERT_CHANGES = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs FROM elements WHERE sequence_number >= ${SCRIPT_NUMBER}
  ORDER BY sequence_number`;

/** The first and the latest version of each element of a script, and how the first was written. */
const versionsOf = (type: string, id: string, latest: string): string => `
  CROSS JOIN versions AS first ON first.element_type = ${type} AND first.element_id = ${id} AND first.version_number = 1
  CROSS JOIN versions AS latest ON latest.element_type = ${type} AND latest.element_id = ${id}
    AND latest.version_number = ${latest}
  LEFT JOIN sources ON sources.element_type = ${type} AND sources.element_id = ${id}`;

const SOURCE = "iif(sources.lead IS NULL, NULL, coalesce(sources.source, first.text))";

/** One value for all of them: a row each would take the client ten times as long, without a pause. */
const READ_KEYS = `
  SELECT json_group_array(json_array(element_type, element_id, version_number, position, markup, length)) AS keys FROM (
    SELECT elements.element_type, elements.element_id, elements.version_number, elements.position, elements.markup,
      length(latest.text) + coalesce(length(sources.lead) + length(${SOURCE}), 0) AS length
    FROM elements ${versionsOf("elements.element_type", "elements.element_id", "elements.version_number")}
    LEFT JOIN elements AS sections ON sections.element_type = 'section' AND sections.element_id = elements.section_id
    WHERE elements.script_id = :scriptId ORDER BY sections.sequence_number, elements.position)`;

/** Without a text where that is the one which the author wrote first, and is in the source. */
const READ_TEXTS = `
  SELECT sources.lead, ${SOURCE} AS source,
    iif(sources.lead IS NOT NULL AND latest.text = first.text, NULL, latest.text) AS text
  FROM json_each(:keys) AS wanted ${versionsOf("wanted.value ->> 0", "wanted.value ->> 1", "wanted.value ->> 2")}
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
    .tuple([z.enum(ELEMENT_TYPES), z.int(), z.int(), z.int(), z.enum(MARKUPS), z.int()])
    .transform(([elementType, elementId, versionNumber, position, markup, textLength]) => ({
      elementType,
      elementId,
      versionNumber,
      position,
      markup,
      textLength,
    })),
);
type TextKey = z.output<typeof keysOf>[number];

const textsRow = z.object({
  lead: z.string().nullable(),
  source: z.string().nullable(),
  text: z
    .string()
    .nullable()
    .transform((text) => text ?? undefined),
});

type Arguments = Record<string, InValue>;

const insertTexts = ([first, ...others]: readonly NewElement[], args: Arguments): InStatement =>
  first && first.text.length > LONG_TEXT
    ? { sql: INSERT_LONG_VERSION, args: { ...args, text: first.text } }
    : { sql: INSERT_VERSIONS, args: { ...args, texts: JSON.stringify([first, ...others].map((each) => each?.text)) } };

/** Lead and source of an element; no source where that is its text. */
const sourceOf = ({ text, lead, source }: NewElement) => ({
  lead: lead ?? "",
  source: source === text ? null : source,
});
const sourceLength = ({ lead, source }: ReturnType<typeof sourceOf>): number => lead.length + (source?.length ?? 0);

const insertSourcesOf = ([first, ...others]: readonly ReturnType<typeof sourceOf>[], offset: number): InStatement =>
  first && sourceLength(first) > LONG_TEXT
    ? { sql: INSERT_LONG_SOURCE, args: { ...first, offset } }
    : {
        sql: INSERT_SOURCES,
        args: { sources: JSON.stringify([first, ...others].map((each) => [each?.lead, each?.source])), offset },
      };

/** A statement for each portion, given the place of its first item. */
const inStatements = async <Item>(
  items: readonly Item[],
  lengthOf: (item: Item) => number,
  insert: (portion: readonly Item[], offset: number) => InStatement,
): Promise<InStatement[]> => {
  const statements: InStatement[] = [];
  let offset = 0;
  for (const portion of inPortions(items, lengthOf)) {
    statements.push(insert(portion, offset));
    offset += portion.length;
    await breathe();
  }
  return statements;
};

const isTitleElement = and(eq(elements.elementType, "script"), eq(elements.elementId, scripts.id));

const isLatestVersion = and(
  eq(versions.elementType, elements.elementType),
  eq(versions.elementId, elements.elementId),
  eq(versions.versionNumber, elements.versionNumber),
);

/** Found first, so that titles are read of no more scripts than are on the page. */
const listed = (after: number, limit: number) =>
  sql`${scripts.id} IN (SELECT id FROM scripts WHERE id > ${after} ORDER BY id LIMIT ${limit})`;

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

  const readLines = async (keys: readonly TextKey[]): Promise<StoredLine[]> => {
    const lines: StoredLine[] = [];
    for (const portion of inPortions(keys, ({ textLength }) => textLength)) {
      const args = { keys: JSON.stringify(portion.map((key) => [key.elementType, key.elementId, key.versionNumber])) };
      const { rows } = await client.execute({ sql: READ_TEXTS, args });
      for (const [at, { position, markup }] of portion.entries())
        lines.push({ position, markup, ...textsRow.parse({ ...rows[at] }) });
    }
    return lines;
  };

  return {
    create: async ({ titlePage, tail, counts, elements: created }, author, idempotencyKey) => {
      const { nowMs } = author;
      const args = { comment: IMPORT_COMMENT, ...author };
      const insertVersions = await inStatements(
        created,
        ({ text }) => text.length,
        (portion, offset) => insertTexts(portion, { ...args, offset }),
      );
      const written = created.slice(1).map(sourceOf);
      const insertSources = await inStatements(written, sourceLength, insertSourcesOf);
      const effects = [
        { sql: INSERT_SCRIPT, args: { titlePage, tail, counts: JSON.stringify(counts), ...author } },
        { sql: INSERT_ELEMENTS, args: { rows: JSON.stringify(created.map(rowOf)), nowMs } },
        ...insertVersions,
        ...insertSources,
        { sql: INSERT_CHANGES, args: { nowMs } },
      ];
      return write(client, { outcome: NEXT_ID, schema: z.number(), effects, args: { nowMs } }, idempotencyKey);
    },

    find: async (scriptId) => {
      const [found] = await selectScripts().where(eq(scripts.id, scriptId));
      return found;
    },

    list: ({ after, limit }) => selectScripts().where(listed(after, limit)).orderBy(asc(scripts.id)),

    read: async (scriptId) => {
      const [found] = await orm
        .select({ title: versions.text, titlePage: scripts.titlePage, tail: scripts.tail })
        .from(scripts)
        .innerJoin(elements, isTitleElement)
        .innerJoin(versions, isLatestVersion)
        .where(eq(scripts.id, scriptId));
      if (!found) return undefined;
      const { rows } = await client.execute({ sql: READ_KEYS, args: { scriptId } });
      const keys = keysOf.parse(JSON.parse(String(rows[0]?.["keys"])));
      return { ...found, lines: await readLines(keys) };
    },
  };
};
