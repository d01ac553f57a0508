/** A new password for the user of a single-use link, by whichever way the link came. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { callerAt } from "../accounts/lockout.ts";
import type { Passwords } from "../accounts/password.ts";
import { passwordFault } from "../accounts/password-rules.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import type { AuditEntry, AuditEvent, AuditRecorder } from "../audit/audit-entry.ts";
import type { Busy, HashingQueue } from "../hashing/hashing-queue.ts";
import type { Links, StoredLink } from "../links/links.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";

/** Why no password was set. `refused`: the link; `weak`: the password, and then the link remains. */
export type NotSet = "refused" | Busy | { kind: "weak"; detail: string };

/** A password ready for storage. */
export interface PasswordByLink {
  linkId: string;
  user: Profile;
  hash: string;
}

/** What it is used for. */
export interface LinkUse {
  event: Pick<AuditEvent, "action" | "reason">;
  /** Which mail notifies the user. */
  mail: "password-changed" | "account-recovered";
  /** Uses up the link and sets the password, in one transaction; false: it was used before. */
  store(password: PasswordByLink, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

export interface PasswordsByLink {
  /** Sets a new password for the user of this link, if there is one; `address`: where they are. */
  set(
    link: Pick<StoredLink, "id" | "userId"> | undefined,
    newPassword: string,
    address: string | undefined,
    use: LinkUse,
  ): Promise<Result<undefined, NotSet>>;
  /** Records that a link, or what stands for it, is not accepted. */
  refuse(
    action: LinkUse["event"]["action"],
    reason: string,
    userId: string | undefined,
  ): Promise<Result<never, "refused">>;
}

export interface PasswordsByLinkOptions {
  users: Pick<UserStore, "findById">;
  passwords: Pick<Passwords, "hash">;
  hashingQueue: HashingQueue;
  links: Pick<Links, "findById">;
  mails: Pick<Mails, "notice">;
  recorder: AuditRecorder;
  issuer: string;
}

export const createPasswordsByLink = (options: PasswordsByLinkOptions): PasswordsByLink => {
  const { users, passwords, hashingQueue, links, mails, recorder, issuer } = options;

  const refuse: PasswordsByLink["refuse"] = async (action, reason, userId) => {
    await recorder.record({
      ...{ action, outcome: "failure", reason, actor: undefined },
      ...{ target: userId, concerns: userId },
    });
    return failure("refused");
  };

  return {
    refuse,
    set: async (link, newPassword, address, { event, mail, store }) => {
      const user = link && link.userId !== null ? await users.findById(link.userId) : undefined;
      if (!link || !user) return refuse(event.action, "wrong-link", undefined);
      if (user.lockedAt !== null) return refuse(event.action, "locked", user.id);
      const detail = passwordFault(newPassword, { ...user, issuer });
      if (detail !== undefined) return failure("weak", { detail });

      const notice = await mails.notice(user, { kind: mail, data: { username: user.username } });
      const set = await hashingQueue.run(callerAt(address, false), async () => {
        // Of many who come with one link, one has a password hashed.
        if (!(await links.findById(link.id))) return undefined;
        const password = { linkId: link.id, user, hash: await passwords.hash(user.id, newPassword) };
        return recorder.change({ ...event, outcome: "success", actor: user.id, target: user.id }, (entry) =>
          store(password, entry, notice),
        );
      });
      if (!set.ok) return set;
      return set.value === true ? success(undefined) : refuse(event.action, "used", user.id);
    },
  };
};
