import { asc, eq, gt, lte } from "drizzle-orm";
import type { Database } from "#shared/db/database.ts";
import type * as schema from "./notes.schema.ts";
import { notes } from "./notes.schema.ts";
import type { NoteStore } from "./notes.ts";

export const createNoteStore = ({ orm }: Database<typeof schema>): NoteStore => ({
  create: async (note) => {
    const [created] = await orm.insert(notes).values(note).returning({ id: notes.id });
    if (!created) throw new Error("an insert returns the new row");
    return created.id;
  },

  find: async (id) => {
    const [found] = await orm.select().from(notes).where(eq(notes.id, id));
    return found;
  },

  list: ({ after, limit }) => orm.select().from(notes).where(gt(notes.id, after)).orderBy(asc(notes.id)).limit(limit),

  deleteUntil: async (untilMs) => {
    await orm.delete(notes).where(lte(notes.createdAtMs, untilMs));
  },
});
