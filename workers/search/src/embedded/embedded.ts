/** Puts the parts of the embedded engine together. */
import type { Database } from "#shared/db/database.ts";
import type { SearchEngine } from "../query/engine.ts";
import { createRebuild } from "../storage/rebuild.ts";
import type * as schema from "../storage/schema.ts";
import type { BuildStore, Reindexing } from "../sync/build.ts";
import { createLibsqlEngine } from "./libsql-engine.ts";

export interface EmbeddedOptions {
  database: Pick<Database<typeof schema>, "orm" | "client">;
  builds: BuildStore;
  /** Milliseconds since the epoch. */
  now: () => number;
  newId: () => string;
}

export interface Embedded {
  engine: SearchEngine;
  reindexing: Reindexing;
}

export const createEmbedded = ({ database, builds, now, newId }: EmbeddedOptions): Embedded => {
  const engine = createLibsqlEngine(database);
  const reindexing = createRebuild({ database, builds, now, newId });
  let isAlone = false;
  /** A cluster used before receives no more changes: if it returns, it has to start over. */
  const leaveCluster = async (): Promise<void> => {
    if (!isAlone) await builds.abandon("typesense");
    isAlone = true;
  };
  return {
    engine: {
      ...engine,
      sync: async (operations) => {
        await leaveCluster();
        return engine.sync(operations);
      },
      maintain: async () => {
        await leaveCluster();
        await reindexing.advance();
        await engine.maintain();
      },
    },
    reindexing,
  };
};
