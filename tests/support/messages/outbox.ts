/** The outbox of a running Fountain: mails put into it as the kms does, and what is left there. */
import { drizzle } from "drizzle-orm/libsql/http";
import { createSealer } from "../../../workers/kms/src/crypto/sealing.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createMailStore, insertMail } from "../../../workers/kms/src/mails/mails.store.ts";
import { createMails, type NewMail } from "../../../workers/kms/src/mails/mails.ts";
import type { Fountain } from "../harness.ts";
import { keysOf, randomBytes } from "../kms.ts";

const databaseOf = ({ databases }: Fountain) => {
  const client = databases["kms"];
  if (!client) throw new Error("this installation has no kms");
  return client;
};

/** Stores mails, each in a transaction that changes something. */
export const storeMails = async (fountain: Fountain, mails: readonly NewMail[]): Promise<void> => {
  const client = databaseOf(fountain);
  const keys = await keysOf(fountain);
  const { prepare } = createMails({
    store: createMailStore({ client, orm: drizzle({ client, schema }) }),
    sealer: createSealer(keys.sealing, randomBytes),
    macKey: keys.emailMac,
    now: Date.now,
    createId: () => crypto.randomUUID(),
  });
  for (const mail of mails)
    await client.batch(["UPDATE revocation_counter SET position = position", insertMail(await prepare(mail))], "write");
};

/** What is in the outbox about an address nobody can read there: rows that wait, and rows that only count. */
export const outbox = async (fountain: Fountain): Promise<{ waiting: number; counted: number }> => {
  const { rows } = await databaseOf(fountain).execute(
    "SELECT count(sealed) AS waiting, count(*) - count(sealed) AS counted FROM mails",
  );
  return { waiting: Number(rows[0]?.["waiting"]), counted: Number(rows[0]?.["counted"]) };
};

/** As if the wait of every mail was over. */
export const endWaits = async (fountain: Fountain): Promise<void> => {
  await databaseOf(fountain).execute("UPDATE mails SET next_attempt_at = 1 WHERE next_attempt_at IS NOT NULL");
};
