/** Reassigns sequence numbers, in one transaction whose statements compute from the rows at that moment. */
import type { Client } from "@libsql/client";
import { z } from "zod";
import { statement } from "../db/statement.ts";
import { findWritten, write } from "../db/write.store.ts";
import type { IdempotencyKey, Written } from "../model/idempotency.ts";
import type { NewOrder, Reordered } from "../model/ports.ts";

/** The new numbers: the first element gets the smallest of their numbers. Empty as long as an id is unknown. */
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

/** Every number is an integer of ours, or a place: what JSON makes of it is exact. */
const REORDERED = `json_object(
  'moves', (SELECT json_group_array(json(move)) FROM (
    ${DEALT} SELECT json_array(element_id, old_number, new_number) AS move FROM dealt ORDER BY place)),
  'unknownPlaces', (SELECT json_group_array(wanted.key) FROM json_each(:newOrder) AS wanted
    WHERE NOT EXISTS (SELECT 1 FROM elements WHERE element_type = :elementType AND element_id = wanted.value)))`;

const REMEMBER = `${DEALT}
  INSERT INTO moves (element_type, element_id, old_sequence_number, moved_at)
  SELECT :elementType, element_id, old_number, :nowMs FROM dealt WHERE old_number <> new_number`;

/** By way of negative numbers, so that no number is held twice in between. Each move is later than what was before. */
const MOVE_ASIDE = `${DEALT}
  UPDATE elements SET sequence_number = -dealt.new_number, updated_at = max(:nowMs, updated_at + 1) FROM dealt
  WHERE element_type = :elementType AND elements.element_id = dealt.element_id AND old_number <> new_number`;

const INSERT_CHANGES = `
  INSERT INTO outbox (element_type, element_id, next_attempt_at, created_at)
  SELECT element_type, element_id, :nowMs, :nowMs FROM elements WHERE sequence_number < 0
  ORDER BY sequence_number DESC`;

const MOVE_BACK = "UPDATE elements SET sequence_number = -sequence_number WHERE sequence_number < 0";

const reordered = z.object({
  moves: z.array(
    z.tuple([z.number(), z.number(), z.number()]).transform(([elementId, oldSequenceNumber, newSequenceNumber]) => ({
      elementId,
      oldSequenceNumber,
      newSequenceNumber,
    })),
  ),
  unknownPlaces: z.array(z.number()),
});

export const reorder = (
  client: Client,
  { elementType, newOrder, nowMs }: NewOrder,
  idempotencyKey?: IdempotencyKey,
): Promise<Written<Reordered>> => {
  const args = { elementType, newOrder: JSON.stringify(newOrder), nowMs };
  const effects = [REMEMBER, MOVE_ASIDE, INSERT_CHANGES, MOVE_BACK].map((sql) => statement(sql, args));
  return write(client, { outcome: REORDERED, schema: reordered, effects, args }, idempotencyKey);
};

export const findReorder = (
  client: Client,
  idempotencyKey: IdempotencyKey,
  nowMs: number,
): Promise<Written<Reordered> | undefined> => findWritten(client, reordered, idempotencyKey, nowMs);
