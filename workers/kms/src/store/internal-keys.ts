/** Internal keys in the database, each wrapped under a key-encryption key. */
import type { InternalKeyRepository } from "../domain/internal-keys.ts";
import type { KmsDatabase } from "./connection.ts";
import { internalKeys, signingKeys } from "./schema/keys.ts";

const INSERT = `
  INSERT INTO internal_keys (name, kek_version, wrapped_key) VALUES (:name, :kekVersion, :wrappedKey)
  ON CONFLICT (name) DO NOTHING`;

export const createInternalKeyRepository = ({ orm, client }: KmsDatabase): InternalKeyRepository => ({
  read: async () => {
    const { kid, wrappedPrivateJwk } = signingKeys;
    const [keys, [signingKey]] = await orm.batch([
      orm.select().from(internalKeys),
      orm.select({ kid, wrappedPrivateJwk }).from(signingKeys).limit(1),
    ]);
    return { internalKeys: keys, signingKey };
  },
  insert: async (keys) => {
    await client.batch(
      keys.map((key) => ({ sql: INSERT, args: { ...key } })),
      "write",
    );
  },
});
