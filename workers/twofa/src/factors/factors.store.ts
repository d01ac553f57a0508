import { and, asc, eq, gt, isNotNull, isNull, lt, lte, or, sql } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import { MAX_CONFIRMED_FACTORS, MAX_PENDING_FACTORS, PENDING_TTL_MS } from "../model/factor.ts";
import type { FactorStore, NamedPasskey } from "../model/ports.ts";
import type * as schema from "../model/schema.ts";
import { factors, passkeys } from "../model/schema.ts";

const DROP_SURPLUS_ENROLMENTS = `
  DELETE FROM factors WHERE id IN (
    SELECT id FROM factors WHERE user_id = :userId AND confirmed_at IS NULL
    ORDER BY created_at DESC, id DESC LIMIT -1 OFFSET :keep)`;

const ENROL = `
  INSERT INTO factors (id, user_id, type, name, sealed_secret, destination_mac, created_at)
  SELECT :id, :userId, :type, :name, :sealedSecret, :destinationMac, :createdAtMs
  WHERE (SELECT count(*) FROM factors WHERE user_id = :userId AND confirmed_at IS NOT NULL) < :maxConfirmed`;

/** Whether the user has a confirmed factor. */
export const HAS_CONFIRMED = "SELECT 1 FROM factors WHERE user_id = :userId AND confirmed_at IS NOT NULL";
/** Of two concurrent first factors, only one is confirmed. */
const IS_CONFIRMABLE = `
  id = :factorId AND user_id = :userId AND confirmed_at IS NULL AND created_at > :notBeforeMs
  AND (:timeStep IS NULL OR last_step < :timeStep)
  AND NOT (:asFirst AND EXISTS (${HAS_CONFIRMED}))`;

/** Runs first: a factor that is a passkey can only be confirmed with its credential, which no other factor has. */
const STORE_PASSKEY = `
  INSERT INTO passkeys
    (factor_id, user_id, credential_id, public_key, counter, transports, aaguid, is_backup_eligible, is_backed_up)
  SELECT id, user_id, :credentialId, :publicKey, :counter, :transports, :aaguid, :isBackupEligible, :isBackedUp
  FROM factors WHERE type = 'webauthn' AND ${IS_CONFIRMABLE}
  ON CONFLICT DO NOTHING`;
const HAS_CREDENTIAL = "(type <> 'webauthn' OR id IN (SELECT factor_id FROM passkeys))";

/** Runs before `CONFIRM` in one transaction and under the same conditions: both happen or neither does. */
const ISSUE_RECOVERY_CODES = `
  INSERT INTO recovery_codes (user_id, mac)
  SELECT :userId, value FROM json_each(:macs) 
  WHERE EXISTS (SELECT 1 FROM factors WHERE ${IS_CONFIRMABLE} AND ${HAS_CREDENTIAL})`;

const CONFIRM = `
  UPDATE factors SET confirmed_at = :nowMs, last_used_at = :nowMs, last_step = coalesce(:timeStep, last_step),
    name = coalesce(:name, name)
  WHERE ${IS_CONFIRMABLE} AND ${HAS_CREDENTIAL}`;

/** Removes the recovery codes of a user who has no confirmed factor. */
export const DROP_CODES_WITHOUT_FACTOR = `
  DELETE FROM recovery_codes WHERE user_id = :userId AND NOT EXISTS (${HAS_CONFIRMED})`;

/** What a user has with a second factor. */
const OWNED = ["factors", "passkeys", "recovery_codes", "challenges"];
const HAS_ANY = OWNED.map((table) => `SELECT 1 FROM ${table} WHERE user_id = :userId`).join(" UNION ALL ");

/** `factorKey`, in SQL. */
const sortKey = sql<string>`printf('%015d:%s', ${factors.createdAt}, ${factors.id})`;

const sealedColumns = {
  id: factors.id,
  type: factors.type,
  name: factors.name,
  sealedSecret: factors.sealedSecret,
  confirmedAtMs: factors.confirmedAt,
};

interface Confirmable {
  userId: string;
  factorId: string;
  timeStep: number | null;
  asFirst: boolean;
  notBeforeMs: number;
}

const storePasskey = (confirmable: Confirmable, { name: _, transports, ...credential }: NamedPasskey) => ({
  sql: STORE_PASSKEY,
  args: { ...confirmable, ...credential, transports: JSON.stringify(transports) },
});

const isKept = (nowMs: number) => or(isNotNull(factors.confirmedAt), gt(factors.createdAt, nowMs - PENDING_TTL_MS));

const createReads = ({ orm }: Database<typeof schema>) =>
  ({
    list: ({ userId, nowMs, limit, after, factorId }) =>
      orm
        .select({
          id: factors.id,
          type: factors.type,
          name: factors.name,
          sealedSecret: factors.sealedSecret,
          createdAtMs: factors.createdAt,
          confirmedAtMs: factors.confirmedAt,
          lastUsedAtMs: factors.lastUsedAt,
          passkey: {
            transports: passkeys.transports,
            isBackupEligible: passkeys.isBackupEligible,
            isBackedUp: passkeys.isBackedUp,
            disabledAtMs: passkeys.disabledAt,
          },
        })
        .from(factors)
        .leftJoin(passkeys, eq(passkeys.factorId, factors.id))
        .where(
          and(
            eq(factors.userId, userId),
            isKept(nowMs),
            factorId === undefined ? undefined : eq(factors.id, factorId),
            after === undefined ? undefined : gt(sortKey, after),
          ),
        )
        .orderBy(asc(factors.createdAt), asc(factors.id))
        .limit(limit),

    hasConfirmed: async (userId) => {
      const rows = await orm
        .select({ id: factors.id })
        .from(factors)
        .where(and(eq(factors.userId, userId), isNotNull(factors.confirmedAt)))
        .limit(1);
      return rows.length > 0;
    },

    hasDestination: async (userId, destinationMac) => {
      const rows = await orm
        .select({ id: factors.id })
        .from(factors)
        .where(
          and(eq(factors.userId, userId), eq(factors.destinationMac, destinationMac), isNotNull(factors.confirmedAt)),
        )
        .limit(1);
      return rows.length > 0;
    },

    confirmed: (userId, type) =>
      orm
        .select(sealedColumns)
        .from(factors)
        .where(and(eq(factors.userId, userId), eq(factors.type, type), isNotNull(factors.confirmedAt)))
        .orderBy(asc(factors.createdAt), asc(factors.id)),

    find: async (userId, factorId, nowMs) => {
      const [factor] = await orm
        .select(sealedColumns)
        .from(factors)
        .where(and(eq(factors.userId, userId), eq(factors.id, factorId), isKept(nowMs)));
      return factor;
    },
  }) satisfies Partial<FactorStore>;

const createWrites = ({ orm, client }: Database<typeof schema>) =>
  ({
    enrol: async (factor) => {
      const [, enrolled] = await client.batch(
        [
          { sql: DROP_SURPLUS_ENROLMENTS, args: { userId: factor.userId, keep: MAX_PENDING_FACTORS - 1 } },
          { sql: ENROL, args: { ...factor, maxConfirmed: MAX_CONFIRMED_FACTORS } },
        ],
        "write",
      );
      return enrolled?.rowsAffected === 1;
    },

    confirm: async ({ userId, factorId, timeStep, nowMs, asFirst, recoveryCodeMacs, passkey }) => {
      const confirmable = { userId, factorId, timeStep, asFirst, notBeforeMs: nowMs - PENDING_TTL_MS };
      const results = await client.batch(
        [
          ...(passkey ? [storePasskey(confirmable, passkey)] : []),
          { sql: ISSUE_RECOVERY_CODES, args: { ...confirmable, macs: JSON.stringify(recoveryCodeMacs) } },
          { sql: CONFIRM, args: { ...confirmable, nowMs, name: passkey?.name ?? null } },
        ],
        "write",
      );
      return results.at(-1)?.rowsAffected === 1;
    },

    touch: async ({ userId, factorId, nowMs }) => {
      await orm
        .update(factors)
        .set({ lastUsedAt: nowMs })
        .where(and(eq(factors.id, factorId), eq(factors.userId, userId)));
    },

    consumeTimeStep: async ({ userId, factorId, timeStep, nowMs }) => {
      const { rowsAffected } = await orm
        .update(factors)
        .set({ lastStep: timeStep, lastUsedAt: nowMs })
        .where(
          and(
            eq(factors.id, factorId),
            eq(factors.userId, userId),
            isNotNull(factors.confirmedAt),
            lt(factors.lastStep, timeStep),
          ),
        );
      return rowsAffected === 1;
    },

    remove: async (userId, factorId) => {
      const [removed] = await client.batch(
        [
          { sql: "DELETE FROM factors WHERE id = :factorId AND user_id = :userId", args: { factorId, userId } },
          {
            sql: "DELETE FROM challenges WHERE factor_id = :factorId AND user_id = :userId",
            args: { factorId, userId },
          },
          { sql: "DELETE FROM passkeys WHERE factor_id = :factorId AND user_id = :userId", args: { factorId, userId } },
          { sql: DROP_CODES_WITHOUT_FACTOR, args: { userId } },
        ],
        "write",
      );
      return removed?.rowsAffected === 1;
    },

    hasAny: async (userId) => {
      const { rows } = await client.execute({ sql: HAS_ANY, args: { userId } });
      return rows.length > 0;
    },

    removeAll: async (userId) => {
      await client.batch(
        OWNED.map((table) => ({ sql: `DELETE FROM ${table} WHERE user_id = ?`, args: [userId] })),
        "write",
      );
    },

    purgeExpired: async (nowMs) => {
      await orm.delete(factors).where(and(isNull(factors.confirmedAt), lte(factors.createdAt, nowMs - PENDING_TTL_MS)));
    },
  }) satisfies Partial<FactorStore>;

export const createFactorStore = (database: Database<typeof schema>): FactorStore => ({
  ...createReads(database),
  ...createWrites(database),
});
