/** Links that administrators hand to users, to set a password by; shown once. A second factor stays in force. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import type { Profile } from "../accounts/user.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Links, StoredLink } from "../links/links.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";

const TTL_MS = 24 * 60 * 60_000;

export interface ResetLinkStore {
  /** Stores the link with the notice; false: there is no such user, or they are locked. */
  insert(link: StoredLink, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

export interface ResetLinks {
  /** A link for this user, who is notified by mail where they have an address. */
  create(user: Profile, grantor: Grantor<"credential">): Promise<Result<{ url: string; expiresAt: Date }, "locked">>;
}

export interface ResetLinksOptions {
  store: ResetLinkStore;
  links: Pick<Links, "create">;
  mails: Pick<Mails, "notice">;
  recorder: AuditRecorder;
  publicUrl: string;
}

export const createResetLinks = ({ store, links, mails, recorder, publicUrl }: ResetLinksOptions): ResetLinks => ({
  create: async (user, { subject: actor }) => {
    const { id: userId, username } = user;
    const { stored, token } = await links.create({
      purpose: "password-reset",
      userId,
      createdBy: actor,
      ttlMs: TTL_MS,
    });
    const content = { kind: "reset-link-created", data: { username } } as const;
    const notice = await mails.notice(user, content, "administrator");
    const event = { action: "reset-link.create", outcome: "success", actor, target: userId } as const;
    const isStored = await recorder.change(event, (entry) => store.insert(stored, entry, notice));
    if (!isStored) return failure("locked");
    return success({ url: `${publicUrl}/account/reset?token=${token}`, expiresAt: stored.expiresAt });
  },
});
