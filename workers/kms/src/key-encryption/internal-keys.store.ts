/** Internal keys in the database, each wrapped under a key-encryption key. */

import type { KmsDatabase } from "../db/connection.ts";
import { internalKeys } from "../db/schema/keys.ts";
import type { InternalKeyStore } from "./internal-keys.ts";

const INSERT = `
  INSERT INTO internal_keys (name, kek_version, wrapped_key) VALUES (:name, :kekVersion, :wrappedKey)
  ON CONFLICT (name) DO NOTHING`;

export const createInternalKeyStore = ({ orm, client }: KmsDatabase): InternalKeyStore => ({
  read: () => orm.select().from(internalKeys),
  insert: async (keys) => {
    await client.batch(
      keys.map((key) => ({ sql: INSERT, args: { ...key } })),
      "write",
    );
  },
});
