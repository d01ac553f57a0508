/** Addresses to be verified, and verified ones, in the database. */
import type { EmailAddresses } from "../accounts/email-addresses.ts";
import { forgetting, reserving } from "../accounts/password-attempts.store.ts";
import { appendEntry } from "../audit/audit.store.ts";
import type { KmsDatabase } from "../db/connection.ts";
import { consumeLink, insertLetter, voidLinks } from "../links/links.store.ts";
import { insertNotice } from "../mails/mails.store.ts";
import type { EmailVerificationStore } from "./email-verification.ts";

const VERIFY = `
  UPDATE users SET sealed_email = ?, email_mac = ?, email_verified_at = ? WHERE id = ? AND changes() > 0`;

export const createEmailVerificationStore = (
  { client }: KmsDatabase,
  emails: Pick<EmailAddresses, "seal">,
): EmailVerificationStore => ({
  request: async (letter, counter, entry) => {
    const { id, userId, createdAt } = letter.link;
    const earlier = { userId: userId ?? "", purposes: ["email-verification"], exceptId: id } as const;
    const [counted] = await client.batch(
      [
        reserving([counter], createdAt),
        appendEntry(entry, "changed"),
        ...insertLetter(letter),
        voidLinks(earlier, "EXISTS (SELECT 1 FROM links AS stored WHERE stored.id = ?)", id),
      ],
      "write",
    );
    return counted?.rows.length === 1;
  },
  verify: async ({ linkId, userId, email, at, counters }, entry, notice) => {
    const { sealed, mac } = await emails.seal(userId, email);
    const mailed = { userId, purposes: ["email-verification", "password-reset"] } as const;
    const [, verified] = await client.batch(
      [
        consumeLink(linkId, at),
        { sql: VERIFY, args: [sealed, mac, at.getTime(), userId] },
        appendEntry(entry, "changed"),
        ...insertNotice(notice),
        voidLinks(mailed, "email_verified_at = ?", at.getTime()),
        forgetting(counters),
      ],
      "write",
    );
    return verified?.rowsAffected === 1;
  },
});
