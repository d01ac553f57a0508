/** Requests to sign up in the database. */
import type { EmailAddresses } from "../accounts/email-addresses.ts";
import { reserving } from "../accounts/password-attempts.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { insertLink } from "../links/links.store.ts";
import { insertMail } from "../mails/mails.store.ts";
import type { SignUpStore } from "./sign-up.ts";

/** Changes a row if the mail was stored, and is about an account to be: the link depends on it. */
const GATE = "UPDATE password_attempts SET failures = failures WHERE counter = :counter AND :isNew AND changes() > 0";

const HOLDER = `
  SELECT id, username FROM users WHERE email_mac = ? AND email_verified_at IS NOT NULL ORDER BY created_at LIMIT 1`;

export const createSignUpStore = ({ client }: KmsDatabase, emails: Pick<EmailAddresses, "macOf">): SignUpStore => ({
  holderOf: async (email) => {
    const { rows } = await client.execute({ sql: HOLDER, args: [emails.macOf(email)] });
    return rows[0] && { id: String(rows[0]["id"]), username: String(rows[0]["username"]) };
  },
  request: async ({ letter: { link, mail }, isNew, counter }, entry) => {
    const [counted] = await client.batch(
      [
        reserving([counter], mail.createdAt),
        appendEntry(entry, "changed"),
        insertMail(mail),
        { sql: GATE, args: { counter, isNew } },
        insertLink(link),
      ],
      "write",
    );
    return counted?.rows.length === 1;
  },
});
