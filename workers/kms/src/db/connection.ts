import type { Database } from "#shared/db/database.ts";
import type * as schema from "./schema.ts";

/** The kms's own database. */
export type KmsDatabase = Pick<Database<typeof schema>, "orm" | "client">;
