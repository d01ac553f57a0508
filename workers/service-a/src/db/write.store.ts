/** Idempotent writes: the outcome is stored for retries, in the transaction that has the effect. */
import type { Client, InStatement, InValue } from "@libsql/client";
import { z } from "zod";
import { violates } from "#shared/db/database.ts";
import { failure, success } from "#shared/lang/result.ts";
import { type IdempotencyKey, KEPT_MS, type Written } from "../model/idempotency.ts";
import { statement } from "./statement.ts";

/** SQL for the outcomes that {@link outcomeOf} reads; `value` is SQL too. */
export const succeeding = (value: string): string => `json_object('ok', json('true'), 'value', ${value})`;
export const refusing = (kind: string): string =>
  `json_object('ok', json('false'), 'error', json_object('kind', '${kind}'))`;

/** The outcome of a write: what it gives, or which of these refusals. */
export const outcomeOf = <Value extends z.ZodType, const Kind extends string>(value: Value, refusals: Kind[]) =>
  z.discriminatedUnion("ok", [
    z.object({ ok: z.literal(true), value }),
    z.object({ ok: z.literal(false), error: z.object({ kind: z.enum(refusals) }) }),
  ]);

export interface Write<Outcome> {
  /** SQL for the outcome, as the rows before the effects determine it. */
  outcome: string;
  schema: z.ZodType<Outcome>;
  /** None of them does anything where the outcome is a refusal. */
  effects: readonly InStatement[];
  /**
   * The outcome where the first effect returns no row. That effect returns the same outcome as the SQL, which is then asked
   * for only to be stored.
   */
  unlessReturned?: Outcome;
  /** What `outcome` names. */
  args: Record<string, InValue> & { nowMs: number };
}

const FORGET_EXPIRED = `
  DELETE FROM idempotency_keys WHERE caller = :caller AND key = :key AND expires_at <= :nowMs`;

/** Fails as long as the key is kept, and the effects after it with it. */
const keep = (outcome: string): string => `
  INSERT INTO idempotency_keys (caller, key, fingerprint, expires_at, outcome)
  SELECT :caller, :key, :fingerprint, :expiresAtMs, ${outcome}
  RETURNING outcome`;

const FIND = `
  SELECT fingerprint, outcome FROM idempotency_keys WHERE caller = :caller AND key = :key AND expires_at > :nowMs`;

const readOutcome = <Outcome>(schema: z.ZodType<Outcome>, json: unknown): Outcome =>
  schema.parse(JSON.parse(String(json)));

/** What came of the write that had this key before; `undefined` where none had. */
export const findWritten = async <Outcome>(
  client: Client,
  schema: z.ZodType<Outcome>,
  { caller, key, fingerprint }: IdempotencyKey,
  nowMs: number,
): Promise<Written<Outcome> | undefined> => {
  const { rows } = await client.execute(statement(FIND, { caller, key, nowMs }));
  if (!rows[0]) return undefined;
  if (rows[0]["fingerprint"] !== fingerprint) return failure("key-taken");
  return success({ outcome: readOutcome(schema, rows[0]["outcome"]), isReplay: true });
};

/** The last of these statements returns the outcome; the first effect does where there is none. */
const beginning = (
  { outcome, args, unlessReturned }: Write<unknown>,
  idempotencyKey: IdempotencyKey | undefined,
): InStatement[] => {
  if (!idempotencyKey) return unlessReturned ? [] : [statement(`SELECT ${outcome} AS outcome`, args)];
  const all = { ...args, ...idempotencyKey, expiresAtMs: args.nowMs + KEPT_MS };
  return [statement(FORGET_EXPIRED, all), statement(keep(outcome), all)];
};

/** Has the effects, unless the key has had its own; then gives what came of them the first time. */
export const write = async <Outcome>(
  client: Client,
  asked: Write<Outcome>,
  idempotencyKey?: IdempotencyKey,
): Promise<Written<Outcome>> => {
  const { schema, effects, args, unlessReturned } = asked;
  const begin = beginning(asked, idempotencyKey);
  try {
    const results = await client.batch([...begin, ...effects], "write");
    const returned = results[Math.max(begin.length - 1, 0)]?.rows[0];
    const outcome = !returned && unlessReturned ? unlessReturned : readOutcome(schema, returned?.["outcome"]);
    return success({ outcome, isReplay: false });
  } catch (error) {
    if (!idempotencyKey || !violates(error, "idempotency_keys")) throw error;
  }
  const written = await findWritten(client, schema, idempotencyKey, args.nowMs);
  // Its time may have run out just now.
  return written ?? write(client, asked, idempotencyKey);
};
