/** Invitations in the database. */
import type { EmailAddresses } from "../accounts/email-addresses.ts";
import { insertUser, unlessTaken } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import { insertConsent } from "../consents/consents.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { createLinkStore, insertLetter } from "../links/links.store.ts";
import type { InvitationStore } from "./invitations.ts";

/** Changes a row, and nothing in it: what follows depends on it. */
const GATE = "UPDATE revocation_counter SET position = position";

/** A role that grants more by now was read before: this is about who the inviter is. */
const CONSUME = `
  DELETE FROM links WHERE id = ? AND expires_at > ?
    AND EXISTS (SELECT 1 FROM users WHERE users.id = links.created_by AND locked_at IS NULL AND roles = ?)`;

export const createInvitationStore = (database: KmsDatabase, emails: Pick<EmailAddresses, "seal">): InvitationStore => {
  const { client } = database;
  const links = createLinkStore(database);
  return {
    insert: async (letter, entry) => {
      await client.batch([GATE, appendEntry(entry, "changed"), ...insertLetter(letter)], "write");
      return true;
    },
    list: (at, limit, afterId) => links.list("invitation", at, limit, afterId),
    remove: async (id, entry) => {
      const sql = "DELETE FROM links WHERE id = ? AND purpose = 'invitation'";
      const [removed] = await client.batch([{ sql, args: [id] }, appendEntry(entry, "changed")], "write");
      return removed?.rowsAffected === 1;
    },
    accept: async ({ invitation, user, hash, consents }, entry) => {
      const inserted = await insertUser(emails, user, hash, "WHERE changes() > 0");
      const consumed = {
        sql: CONSUME,
        args: [invitation.id, user.createdAt.getTime(), JSON.stringify(invitation.inviter.user.roles)],
      };
      const given = consents.map((consent) => insertConsent(user.id, consent));
      // A username that is taken takes the consumption back, with all the rest.
      return unlessTaken(
        client
          .batch([consumed, inserted, appendEntry(entry, "changed"), ...given], "write")
          .then(([, stored]) => stored?.rowsAffected === 1),
      );
    },
  };
};
