/** Invitations in the database. */
import type { EmailAddresses } from "../accounts/email-addresses.ts";
import { usernameKey, usernameSkeleton } from "../accounts/username.ts";
import { insertUser, unlessTaken } from "../accounts/users.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import { insertConsent } from "../consents/consents.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { createLinkStore, insertLetter } from "../links/links.store.ts";
import { type InvitationStore, MAX_TAKEN_NAMES } from "./invitations.ts";

/** A role that grants more by now was read before: this is about who the inviter is. */
const CONSUME = `
  DELETE FROM links WHERE id = ? AND expires_at > ?
    AND EXISTS (SELECT 1 FROM users WHERE users.id = links.created_by AND locked_at IS NULL AND roles = ?)`;

/** Of many links that were mailed to one address, one makes an account. */
const CONSUME_SIGN_UP = `
  DELETE FROM links WHERE id = ? AND expires_at > ?
    AND NOT EXISTS (SELECT 1 FROM users WHERE email_mac = ? AND email_verified_at IS NOT NULL)`;

const COUNT_TAKEN = `
  UPDATE links SET code_tries = code_tries + 1
  WHERE id = ? AND EXISTS (SELECT 1 FROM users WHERE username_key = ? OR username_skeleton = ?)`;

const VOID_IF_SPENT = `DELETE FROM links WHERE id = ? AND code_tries >= ${MAX_TAKEN_NAMES}`;

export const createInvitationStore = (database: KmsDatabase, emails: Omit<EmailAddresses, "open">): InvitationStore => {
  const { client } = database;
  const links = createLinkStore(database);
  return {
    insert: async (letter, entry) => {
      await client.batch([appendEntry(entry, "always"), ...insertLetter(letter)], "write");
      return true;
    },
    list: (at, limit, afterId) => links.list("invitation", at, limit, afterId),
    remove: async (id, entry) => {
      const sql = "DELETE FROM links WHERE id = ? AND purpose = 'invitation'";
      const [removed] = await client.batch([{ sql, args: [id] }, appendEntry(entry, "changed")], "write");
      return removed?.rowsAffected === 1;
    },
    countTaken: async (id, username) => {
      const [counted] = await client.batch(
        [
          { sql: COUNT_TAKEN, args: [id, usernameKey(username), usernameSkeleton(username)] },
          { sql: VOID_IF_SPENT, args: [id] },
        ],
        "write",
      );
      return counted?.rowsAffected === 1;
    },
    accept: async ({ invitation, user, hash, consents }, entry) => {
      const inserted = await insertUser(emails, user, hash, "WHERE changes() > 0");
      const { id, email, inviter } = invitation;
      const condition = inviter ? JSON.stringify(inviter.user.roles) : emails.macOf(email);
      const consumed = {
        sql: inviter ? CONSUME : CONSUME_SIGN_UP,
        args: [id, user.createdAt.getTime(), condition],
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
