/** Consents in the database. */
import type { InStatement } from "@libsql/client";
import { and, desc, eq, isNull, sql } from "drizzle-orm";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { legalConsents } from "../db/schema/consents.ts";
import type { ConsentPosition, ConsentStore, GivenConsent } from "./consents.ts";

const INSERT = `
  INSERT INTO legal_consents (id, user_id, document, version, way, given_at)
  SELECT :id, :userId, :document, :version, :way, :givenAtMs
  WHERE EXISTS (SELECT 1 FROM users WHERE id = :userId)
  ON CONFLICT (user_id, document, version) WHERE withdrawn_at IS NULL DO NOTHING`;

/** To stand in a batch anywhere after the statement that makes the user; nothing is stored where there is none. */
export const insertConsent = (userId: string, { givenAt, ...consent }: GivenConsent): InStatement => ({
  sql: INSERT,
  args: { ...consent, userId, givenAtMs: givenAt.getTime() },
});

const WITHDRAW = `
  UPDATE legal_consents SET withdrawn_at = :at WHERE user_id = :userId AND document = :document AND withdrawn_at IS NULL`;

const shown = {
  id: legalConsents.id,
  document: legalConsents.document,
  version: legalConsents.version,
  way: legalConsents.way,
  givenAt: legalConsents.givenAt,
  withdrawnAt: legalConsents.withdrawnAt,
};

const isAfter = (position: ConsentPosition | undefined) =>
  position && sql`(${legalConsents.givenAt}, ${legalConsents.id}) < (${position.createdAt.getTime()}, ${position.id})`;

export const createConsentStore = ({ orm, client }: KmsDatabase): ConsentStore => {
  const standing: ConsentStore["standing"] = (userId) =>
    orm
      .select(shown)
      .from(legalConsents)
      .where(and(eq(legalConsents.userId, userId), isNull(legalConsents.withdrawnAt)))
      .orderBy(desc(legalConsents.givenAt));
  return {
    standing,
    give: async (userId, consent, entry) => {
      const [inserted] = await client.batch([insertConsent(userId, consent), appendEntry(entry, "changed")], "write");
      const { document, version } = consent;
      const found = (await standing(userId)).find((other) => other.document === document && other.version === version);
      return { standing: found, isNew: inserted?.rowsAffected === 1 };
    },
    withdraw: async (userId, document, at, entry) => {
      const [withdrawn] = await client.batch(
        [{ sql: WITHDRAW, args: { userId, document, at: at.getTime() } }, appendEntry(entry, "changed")],
        "write",
      );
      return (withdrawn?.rowsAffected ?? 0) > 0;
    },
    list: (userId, limit, after) =>
      orm
        .select(shown)
        .from(legalConsents)
        .where(and(eq(legalConsents.userId, userId), isAfter(after)))
        .orderBy(desc(legalConsents.givenAt), desc(legalConsents.id))
        .limit(limit),
  };
};
