/**
 * Composes of the kms what makes a recovery link, for a process of the operator's on the machine that has the secrets: it works on
 * the database itself, whether workers run or not.
 */
import { createDatabase } from "#shared/db/database.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import { createUserStore } from "../accounts/users.store.ts";
import { createSealer } from "../crypto/sealing.ts";
import * as schema from "../db/schema.ts";
import { createEnvelopes } from "../key-encryption/envelope.ts";
import { createInternalKeyStore } from "../key-encryption/internal-keys.store.ts";
import { openInternalKeys } from "../key-encryption/internal-keys.ts";
import { createKekStore } from "../key-encryption/keks.store.ts";
import { createKeks, type SecretKeys } from "../key-encryption/keks.ts";
import { createLinkStore } from "../links/links.store.ts";
import { createLinks } from "../links/links.ts";
import { createMailStore } from "../mails/mails.store.ts";
import { createMails } from "../mails/mails.ts";
import { createRecoveryLinkStore } from "../recovery/recovery-links.store.ts";
import { createRecoveryLinks, type RecoveryLinks } from "../recovery/recovery-links.ts";
import { createAuditTrailServices } from "./audit-services.ts";
import { randomBytes } from "./foundation.ts";

export interface RecoveryCommandOptions {
  /** The database of the kms. */
  databaseUrl: string;
  databaseToken: string;
  /** What reaches the libSQL server; by default the network. */
  libsql?: Pick<Fetcher, "fetch">;
  secretKeys: SecretKeys;
  publicUrl: string;
}

/** Asks the database. Fails with `WrongSecretKey`, or with `DatabaseUnavailable`. */
export const createRecoveryCommand = async (options: RecoveryCommandOptions): Promise<RecoveryLinks> => {
  const { databaseUrl, databaseToken, libsql, secretKeys, publicUrl } = options;
  const now = Date.now;
  const createId = (): string => crypto.randomUUID();
  const database = createDatabase(
    { DATABASE_URL: databaseUrl, DATABASE_TOKEN: databaseToken, DATABASE_WRITERS: 1, LIBSQL: libsql },
    schema,
  );
  const keks = createKeks({ store: createKekStore(database), secretKeys, randomBytes, now });
  const envelopes = createEnvelopes(keks, randomBytes);
  const keys = await openInternalKeys({ store: createInternalKeyStore(database), keks, envelopes });
  const { recorder } = createAuditTrailServices({
    foundation: { database },
    keys,
    // The operator sees what comes of it, and the audit trail has it.
    log: () => undefined,
    randomBytes,
    now,
    createId,
  });
  const sealer = createSealer(keys.sealing, randomBytes);
  return createRecoveryLinks({
    store: createRecoveryLinkStore(database),
    users: createUserStore(database, createEmailAddresses(keys, randomBytes)),
    links: createLinks({ store: createLinkStore(database), key: keys.linkMac, sealer, randomBytes, now, createId }),
    mails: createMails({ store: createMailStore(database), sealer, macKey: keys.emailMac, now, createId }),
    recorder,
    publicUrl: publicUrl.replace(/\/$/, ""),
  });
};
