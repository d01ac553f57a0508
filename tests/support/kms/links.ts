/** Links as the kms makes them, put into its database, where a test needs what would have been mailed. */
import { drizzle } from "drizzle-orm/libsql/http";
import { createSealer } from "../../../workers/kms/src/crypto/sealing.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createLinkStore, insertLink } from "../../../workers/kms/src/links/links.store.ts";
import { createLinks, type NewLink } from "../../../workers/kms/src/links/links.ts";
import { keysOf, randomBytes, type Target } from "../kms.ts";

/** Stores a link; gives the token and the code that stand in no database. */
export const storeLink = async (
  target: Pick<Target, "databases" | "secretKey">,
  link: Omit<NewLink, "ttlMs"> & { ttlMs?: number },
): Promise<{ id: string; token: string; code: string }> => {
  const client = target.databases["kms"];
  if (!client) throw new Error("this installation has no kms");
  const keys = await keysOf(target);
  const { create } = createLinks({
    store: createLinkStore({ client, orm: drizzle({ client, schema }) }),
    key: keys.linkMac,
    sealer: createSealer(keys.sealing, randomBytes),
    randomBytes,
    now: Date.now,
    createId: () => crypto.randomUUID(),
  });
  const { stored, token, code } = await create({ ttlMs: 60_000, hasCode: true, ...link });
  await client.batch(["UPDATE revocation_counter SET position = position", insertLink(stored)], "write");
  return { id: stored.id, token, code };
};

/** As if the user had proved that mail to their address reaches them. */
export const verifyAddress = async ({ databases }: Pick<Target, "databases">, userId: string): Promise<void> => {
  await databases["kms"]?.execute({ sql: "UPDATE users SET email_verified_at = 1 WHERE id = ?", args: [userId] });
};

/** As if the user had been given the role. */
export const makeAdministrator = async ({ databases }: Pick<Target, "databases">, userId: string): Promise<void> => {
  await databases["kms"]?.execute({ sql: `UPDATE users SET roles = '["admin"]' WHERE id = ?`, args: [userId] });
};

/** Stores an invitation by the first administrator, unless told. */
export const storeInvitation = async (
  target: Pick<Target, "databases" | "secretKey" | "adminUsername">,
  { email = `${crypto.randomUUID()}@example.org`, roles = ["user"], createdBy = "", ...more }: Partial<Invited> = {},
) => {
  const found = await target.databases["kms"]?.execute({
    sql: "SELECT id FROM users WHERE username = ?",
    args: [target.adminUsername],
  });
  return storeLink(target, {
    purpose: "invitation",
    userId: null,
    createdBy: createdBy || String(found?.rows[0]?.["id"]),
    payload: { email, roles, ...more },
  });
};

/** Stores a link by which the reader of this address may create an account. */
export const storeSignUp = (
  target: Pick<Target, "databases" | "secretKey">,
  email = `${crypto.randomUUID()}@example.org`,
) => storeLink(target, { purpose: "sign-up", userId: null, payload: { email, roles: ["user"] } });

interface Invited {
  email: string;
  username: string;
  roles: string[];
  /** The inviter's id. */
  createdBy: string;
}
