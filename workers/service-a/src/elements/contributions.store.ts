/** A person's contributions, for their data export. */
import { z } from "zod";
import type { Contributions } from "#shared/contracts/personal-data.ts";
import type { Database } from "#shared/db/database.ts";
import { ELEMENT_TYPES } from "../model/element.ts";
import type * as schema from "../model/schema.ts";

/** Of scripts and of versions each, and of characters for either: a response has to end somewhere. */
const MAX_LISTED = 10_000;
const MAX_CHARACTERS = 2 ** 22;
/**
 * Few enough for the longest comments, escaped, to fit into the 4 MB that a value may have, and to be read without a
 * pause.
 */
const PAGE = 250;
const MAX_LISTED_TITLE_LENGTH = 200;

/** One value for all rows of a page: a row each would take the client ten times as long. */
const pageOf = (members: string, rows: string): string => `
  SELECT count(*) AS count, max(row) AS last, json_group_array(json_object(${members},
    'actingService', acting_service, 'createdAt', created_at)) AS items
  FROM (${rows} ORDER BY row LIMIT ${PAGE})`;

const SCRIPTS = pageOf(
  "'scriptId', row, 'title', title",
  `SELECT scripts.id AS row, substr(versions.text, 1, ${MAX_LISTED_TITLE_LENGTH}) AS title, scripts.acting_service,
    scripts.created_at
  FROM scripts JOIN versions ON element_type = 'script' AND element_id = scripts.id AND version_number = 1
  WHERE scripts.created_by = :author AND scripts.id > :after`,
);

const VERSIONS = pageOf(
  "'elementType', element_type, 'elementId', element_id, 'versionNumber', version_number, 'comment', comment",
  `SELECT rowid AS row, element_type, element_id, version_number, comment, acting_service, created_at
  FROM versions WHERE created_by = :author AND rowid > :after`,
);

const contribution = z.object({
  actingService: z.string().nullable(),
  createdAt: z.number().transform((atMs) => new Date(atMs).toISOString()),
});
const script = contribution.extend({ scriptId: z.number(), title: z.string() });
const version = contribution.extend({
  elementType: z.enum(ELEMENT_TYPES),
  elementId: z.number(),
  versionNumber: z.number(),
  comment: z.string(),
});

export const createContributions = ({ client }: Pick<Database<typeof schema>, "client">) => {
  /** Oldest first. */
  const readAll = async <Item extends z.ZodType>(author: string, sql: string, item: Item) => {
    const items: z.output<Item>[] = [];
    let [after, characters] = [0, 0];
    for (;;) {
      const { rows } = await client.execute({ sql, args: { author, after } });
      const count = Number(rows[0]?.["count"] ?? 0);
      if (count === 0) return { items, isComplete: true };
      if (items.length >= MAX_LISTED || characters >= MAX_CHARACTERS) return { items, isComplete: false };
      const text = String(rows[0]?.["items"]);
      items.push(...z.array(item).parse(JSON.parse(text)));
      if (count < PAGE) return { items, isComplete: true };
      after = Number(rows[0]?.["last"]);
      characters += text.length;
    }
  };

  return async (author: string): Promise<Contributions> => {
    const scripts = await readAll(author, SCRIPTS, script);
    const versions = await readAll(author, VERSIONS, version);
    const isComplete = scripts.isComplete && versions.isComplete;
    return { scripts: scripts.items, versions: versions.items, isComplete };
  };
};
