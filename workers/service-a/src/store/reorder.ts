/** Dealing sequence numbers out anew, in one transaction whose statements compute from the rows as they are then. */
import type { Client } from "@libsql/client";
import type { NewOrder } from "../domain/ports.ts";
import type { Move } from "../domain/reorder.ts";
import { statement } from "./statement.ts";

const UNKNOWN = `
  SELECT wanted.key AS place FROM json_each(:newOrder) AS wanted
  WHERE NOT EXISTS (SELECT 1 FROM elements WHERE element_type = :elementType AND element_id = wanted.value)`;

/** Who gets which number: the first the smallest that they hold. Nobody any, as long as an id is unknown. */
const DEALT = `
  WITH wanted AS MATERIALIZED (SELECT value AS element_id, key AS place FROM json_each(:newOrder)),
  held AS MATERIALIZED (
    SELECT element_id, sequence_number, row_number() OVER (ORDER BY sequence_number) - 1 AS place
    FROM wanted CROSS JOIN elements USING (element_id) WHERE element_type = :elementType
  ),
  dealt AS (
    SELECT wanted.place, wanted.element_id, old.sequence_number AS old_number, new.sequence_number AS new_number
    FROM wanted JOIN held AS old USING (element_id) JOIN held AS new ON new.place = wanted.place
    WHERE (SELECT count(*) FROM held) = (SELECT count(*) FROM wanted)
  )`;

const READ_MOVES = `${DEALT} SELECT element_id, old_number, new_number FROM dealt ORDER BY place`;

/** By way of negative numbers, so that no number is held twice in between. */
const MOVE_ASIDE = `${DEALT}
  UPDATE elements SET sequence_number = -dealt.new_number, updated_at = :nowMs FROM dealt
  WHERE element_type = :elementType AND elements.element_id = dealt.element_id AND old_number <> new_number`;

const INSERT_CHANGES = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs FROM elements WHERE sequence_number < 0
  ORDER BY sequence_number DESC`;

const MOVE_BACK = "UPDATE elements SET sequence_number = -sequence_number WHERE sequence_number < 0";

/** What moved, in the new order; with unknown ids nothing, and where they stand in it. */
export const reorder = async (
  client: Client,
  { elementType, newOrder, nowMs }: NewOrder,
): Promise<{ moves: Move[]; unknownPlaces: number[] }> => {
  const args = { elementType, newOrder: JSON.stringify(newOrder), nowMs };
  const [unknown, dealt] = await client.batch(
    [UNKNOWN, READ_MOVES, MOVE_ASIDE, INSERT_CHANGES, MOVE_BACK].map((sql) => statement(sql, args)),
    "write",
  );
  return {
    unknownPlaces: (unknown?.rows ?? []).map((row) => Number(row["place"])),
    moves: (dealt?.rows ?? []).map((row) => ({
      elementId: Number(row["element_id"]),
      oldSequenceNumber: Number(row["old_number"]),
      newSequenceNumber: Number(row["new_number"]),
    })),
  };
};
