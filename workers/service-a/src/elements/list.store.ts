/** Elements in sequence, page by page: each once, however they are put in a new order in between. */
import type { Client } from "@libsql/client";
import { z } from "zod";
import { elementOf, elementRow } from "../db/row.ts";
import { TEXT_BUDGET, toSlice } from "../db/slice.ts";
import { statement } from "../db/statement.ts";
import type { ElementQuery, ElementSlice } from "../model/ports.ts";

const LATEST_MOVE = "SELECT coalesce(max(id), 0) AS move FROM moves";

/** The list goes by how everything stood right after this move. */
const MOVE = `coalesce(:move, (${LATEST_MOVE}))`;

const movesSince = (limit: string): string => `
  SELECT 1 FROM moves AS other WHERE other.element_type = elements.element_type
  AND other.element_id = elements.element_id AND other.id > ${MOVE} ${limit}`;

/** An element that was not moved since is still at its place; for one that was, the first move has its earlier place. */
const placesOf = (filter: string): string => `
  SELECT element_type, element_id, sequence_number AS place FROM elements
  WHERE sequence_number > :after ${filter} AND NOT EXISTS (${movesSince("")})
  UNION ALL
  SELECT element_type, element_id, old_sequence_number AS place
  FROM moves CROSS JOIN elements USING (element_type, element_id)
  WHERE moves.id > ${MOVE} AND old_sequence_number > :after ${filter}
  AND NOT EXISTS (${movesSince("AND other.id < moves.id")})
  ORDER BY place LIMIT :limit`;

const listOf = (filter: string): string => `
  WITH places AS MATERIALIZED (${placesOf(filter)})
  SELECT element_type, element_id, place AS sequence_number, version_number, comment, script_id,
    elements.created_at, updated_at,
    iif(sum(length(text)) OVER (ORDER BY place) - length(text) <= ${TEXT_BUDGET}, text, NULL) AS text
  FROM places CROSS JOIN elements USING (element_type, element_id)
  CROSS JOIN versions USING (element_type, element_id, version_number)
  ORDER BY place`;

const listedRow = elementRow
  .extend({ text: z.string().nullable() })
  .transform(({ text, ...row }) => ({ ...elementOf(row), text }));

export const listElements = async (
  client: Client,
  { elementType, scriptId, after, limit }: ElementQuery,
): Promise<ElementSlice> => {
  const filter = [
    ...(elementType === undefined ? [] : ["AND element_type = :elementType"]),
    ...(scriptId === undefined ? [] : ["AND script_id = :scriptId"]),
  ].join(" ");
  const args = {
    elementType: elementType ?? null,
    scriptId: scriptId ?? null,
    after: after?.sequenceNumber ?? 0,
    move: after?.move ?? null,
    limit: limit + 1,
  };
  const [latest, listed] = await client.batch([LATEST_MOVE, statement(listOf(filter), args)], "read");
  const rows = (listed?.rows ?? []).map((row) => listedRow.parse({ ...row }));
  return { ...toSlice(rows, limit), move: after?.move ?? Number(latest?.rows[0]?.["move"]) };
};
