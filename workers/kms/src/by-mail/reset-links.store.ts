/** Administrators' reset links in the database. */
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { insertLink } from "../links/links.store.ts";
import { insertNotice } from "../mails/mails.store.ts";
import type { ResetLinkStore } from "./reset-links.ts";

/** Changes a row, and nothing in it, if the user can log in: what follows depends on it. */
const GATE = "UPDATE users SET locked_at = locked_at WHERE id = ? AND locked_at IS NULL";

/** The user has one such link at most: the last. */
const VOID_EARLIER = `
  DELETE FROM links WHERE user_id = :userId AND purpose = 'password-reset' AND created_by IS NOT NULL AND id <> :id
    AND EXISTS (SELECT 1 FROM links AS last WHERE last.id = :id)`;

export const createResetLinkStore = ({ client }: KmsDatabase): ResetLinkStore => ({
  insert: async (link, entry, notice) => {
    const [, inserted] = await client.batch(
      [
        { sql: GATE, args: [link.userId] },
        insertLink(link),
        appendEntry(entry, "changed"),
        ...insertNotice(notice),
        { sql: VOID_EARLIER, args: { id: link.id, userId: link.userId } },
      ],
      "write",
    );
    return inserted?.rowsAffected === 1;
  },
});
