/** What somebody wrote, for himself to read. */
import { and, asc, eq, sql } from "drizzle-orm";
import type { Contributions } from "#shared/contracts/personal-data.ts";
import type { Database } from "#shared/db/database.ts";
import type * as schema from "./schema.ts";
import { scripts, versions } from "./schema.ts";

/** Of scripts and of versions each: an answer has to end somewhere. */
const MAX_LISTED = 10_000;
const MAX_LISTED_TITLE_LENGTH = 200;

const instant = (atMs: number): string => new Date(atMs).toISOString();

export const createContributions =
  ({ orm }: Pick<Database<typeof schema>, "orm">) =>
  async (author: string): Promise<Contributions> => {
    const [imported, written] = await orm.batch([
      orm
        .select({
          scriptId: scripts.id,
          title: sql<string>`substr(${versions.text}, 1, ${MAX_LISTED_TITLE_LENGTH})`,
          actingService: scripts.actingService,
          createdAt: scripts.createdAt,
        })
        .from(scripts)
        .innerJoin(
          versions,
          and(eq(versions.elementType, "script"), eq(versions.elementId, scripts.id), eq(versions.versionNumber, 1)),
        )
        .where(eq(scripts.createdBy, author))
        .orderBy(asc(scripts.id))
        .limit(MAX_LISTED + 1),
      orm
        .select({
          elementType: versions.elementType,
          elementId: versions.elementId,
          versionNumber: versions.versionNumber,
          comment: versions.comment,
          actingService: versions.actingService,
          createdAt: versions.createdAt,
        })
        .from(versions)
        .where(eq(versions.createdBy, author))
        .limit(MAX_LISTED + 1),
    ]);
    return {
      scripts: imported.slice(0, MAX_LISTED).map((script) => ({ ...script, createdAt: instant(script.createdAt) })),
      versions: written.slice(0, MAX_LISTED).map((version) => ({ ...version, createdAt: instant(version.createdAt) })),
      isComplete: imported.length <= MAX_LISTED && written.length <= MAX_LISTED,
    };
  };
