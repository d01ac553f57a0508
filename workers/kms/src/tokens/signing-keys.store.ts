/** Signing keys in the database. Every change is one transaction, decided by its first statement. */
import type { InStatement, InValue } from "@libsql/client";
import { desc, eq } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { signingKeys } from "../db/schema/keys.ts";
import type { SigningKey, SigningKeyPurpose } from "./signing-key.ts";
import type { SigningKeyStore } from "./signing-keys.ts";

const COLUMNS = "(kid, purpose, state, algorithm, public_jwk, wrapped_private_jwk, created_at, activated_at)";
const noKey = (purpose: SigningKeyPurpose, state: "current" | "next"): string =>
  `NOT EXISTS (SELECT 1 FROM signing_keys WHERE purpose = '${purpose}' AND state = '${state}')`;

const valuesOf = (key: SigningKey): InValue[] => [
  key.kid,
  key.purpose,
  key.state,
  key.algorithm,
  JSON.stringify(key.publicJwk),
  key.wrappedPrivateJwk,
  key.createdAt.getTime(),
  key.activatedAt?.getTime() ?? null,
];

/** Stores a key on that condition. */
const insertIf = (condition: string, key: SigningKey): InStatement => ({
  sql: `INSERT INTO signing_keys ${COLUMNS} SELECT ?, ?, ?, ?, ?, ?, ?, ? WHERE ${condition}`,
  args: valuesOf(key),
});

export const insertCurrentKey = (key: SigningKey): InStatement => insertIf(noKey(key.purpose, "current"), key);

export const insertNextKey = (key: SigningKey): InStatement => insertIf(noKey(key.purpose, "next"), key);

const RETIRE = `
  UPDATE signing_keys SET state = 'retiring', ended_at = :at
  WHERE kid = :from AND state = 'current' AND EXISTS (SELECT 1 FROM signing_keys WHERE kid = :to AND state = 'next')`;

const promote = (purpose: SigningKeyPurpose): string => `
  UPDATE signing_keys SET state = 'current', activated_at = :at
  WHERE purpose = '${purpose}' AND state = 'next' AND ${noKey(purpose, "current")}`;

const REVOKE = "UPDATE signing_keys SET state = 'revoked', ended_at = :at WHERE kid = :kid AND state <> 'revoked'";

/** Takes the place of a current key when there was no next one to take it. */
const insertSuccessor = (purpose: SigningKeyPurpose): string => `
  INSERT INTO signing_keys ${COLUMNS}
  SELECT ?, ?, CASE WHEN ${noKey(purpose, "current")} THEN 'current' ELSE ? END, ?, ?, ?, ?, ?
  WHERE ${noKey(purpose, "next")}`;

/** Of the keys for that purpose, and no others. */
export const createSigningKeyStore = (
  { orm, client }: KmsDatabase,
  purpose: SigningKeyPurpose = "access-token",
): SigningKeyStore => ({
  list: () =>
    orm
      .select()
      .from(signingKeys)
      .where(eq(signingKeys.purpose, purpose))
      .orderBy(desc(signingKeys.createdAt), desc(signingKeys.kid)),
  rotate: async ({ from, to, successor, at }, entry) => {
    const [retired] = await client.batch(
      [
        { sql: RETIRE, args: { from: from.kid, to: to.kid, at: at.getTime() } },
        appendEntry(entry, "changed"),
        { sql: promote(purpose), args: { at: at.getTime() } },
        insertNextKey(successor),
      ],
      "write",
    );
    return retired?.rowsAffected === 1;
  },
  replaceNext: async (kid, successor, entry) => {
    const [removed] = await client.batch(
      [
        { sql: "DELETE FROM signing_keys WHERE kid = ? AND state = 'next'", args: [kid] },
        appendEntry(entry, "changed"),
        insertNextKey(successor),
      ],
      "write",
    );
    return removed?.rowsAffected === 1;
  },
  revoke: async (kid, successor, at, entry) => {
    const [revoked] = await client.batch(
      [
        { sql: REVOKE, args: { kid, at: at.getTime() } },
        appendEntry(entry, "changed"),
        { sql: promote(purpose), args: { at: at.getTime() } },
        { sql: insertSuccessor(purpose), args: valuesOf(successor) },
      ],
      "write",
    );
    return revoked?.rowsAffected === 1;
  },
  purge: async (endedBefore, revokedBefore) => {
    await client.execute({
      sql: `DELETE FROM signing_keys
            WHERE purpose = ? AND ((state = 'retiring' AND ended_at < ?) OR (state = 'revoked' AND ended_at < ?))`,
      args: [purpose, endedBefore.getTime(), revokedBefore.getTime()],
    });
  },
});
