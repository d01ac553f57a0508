/** Notices to users of what happens at twofa, which has no outbox of its own. */
import { type FactorNotice, type MailContent, mailboxOf } from "#shared/contracts/mails.ts";
import type { Mails, Noticed } from "./mails.ts";

export interface UserNotices {
  /** Stores the notice to the user's verified address, and to these, which they have proven too; each mailbox once. */
  store(userId: string, notice: FactorNotice, addresses: readonly string[]): Promise<void>;
}

export interface UserNoticesOptions {
  users: { findById(id: string): Promise<(Noticed & { username: string }) | undefined> };
  mails: Pick<Mails, "prepare" | "store">;
}

const contentOf = (notice: FactorNotice, username: string): MailContent =>
  "factor" in notice
    ? { kind: notice.kind, data: { username, factor: notice.factor } }
    : { kind: notice.kind, data: { username } };

export const createUserNotices = ({ users, mails }: UserNoticesOptions): UserNotices => ({
  store: async (userId, notice, addresses) => {
    const user = await users.findById(userId);
    if (!user) return;
    const own = user.email !== null && user.emailVerifiedAt !== null ? [user.email] : [];
    const destinations = new Map([...addresses, ...own].map((address) => [mailboxOf(address), address]));
    const content = contentOf(notice, user.username);
    const mail = { ...content, userId, isOwn: true, hasOrigin: true };
    await mails.store(
      await Promise.all([...destinations.values()].map((destination) => mails.prepare({ ...mail, destination }))),
    );
  },
});
