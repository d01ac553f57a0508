/**
 * Links by which an administrator gets back into an account whose password or second factor is lost. Only who operates the
 * installation can make one, on the machine that has its secrets; it is shown once.
 */
import { OPERATOR } from "#shared/contracts/principal.ts";
import { ADMIN_ROLE } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import { usernameKey } from "../accounts/username.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Links, StoredLink } from "../links/links.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";

/** It is used at once, by a person who waits for it. */
const TTL_MS = 30 * 60_000;

export interface RecoveryLinkStore {
  /** The usernames of administrators who can log in, the oldest first. */
  administrators(limit: number): Promise<string[]>;
  /** Stores the link in the place of an earlier one, with the notice; false: the user is no administrator who can log in. */
  insert(link: StoredLink, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

/** `administrators`: who could have a link. */
export type NoRecoveryLink =
  | { kind: "unknown-user"; administrators: readonly string[] }
  | { kind: "locked"; administrators: readonly string[] }
  | { kind: "not-administrator"; userId: string };

export interface RecoveryLinks {
  /** A link for the administrator of this name, who is notified by mail where they have an address. */
  create(username: string): Promise<Result<{ username: string; url: string; expiresAt: Date }, NoRecoveryLink>>;
}

export interface RecoveryLinksOptions {
  store: RecoveryLinkStore;
  users: Pick<UserStore, "findCredentials" | "findById">;
  links: Pick<Links, "create">;
  mails: Pick<Mails, "notice">;
  recorder: AuditRecorder;
  publicUrl: string;
}

const MAX_NAMED = 10;

export const createRecoveryLinks = (options: RecoveryLinksOptions): RecoveryLinks => {
  const { store, users, links, mails, recorder, publicUrl } = options;

  const profileOf = async (username: string): Promise<Profile | undefined> => {
    const found = await users.findCredentials(usernameKey(username));
    return found && users.findById(found.user.id);
  };

  const refuse = async (kind: NoRecoveryLink["kind"], target?: string): Promise<void> =>
    recorder.record({
      action: "recovery-link.create",
      outcome: "failure",
      reason: kind,
      actor: OPERATOR,
      target,
      concerns: target,
    });

  return {
    create: async (given) => {
      const user = await profileOf(given);
      if (!user) {
        await refuse("unknown-user");
        return failure("unknown-user", { administrators: await store.administrators(MAX_NAMED) });
      }
      const { id: userId, username, roles } = user;
      if (!roles.includes(ADMIN_ROLE)) {
        await refuse("not-administrator", userId);
        return failure("not-administrator", { userId });
      }
      const { stored, token } = await links.create({
        purpose: "recovery",
        userId,
        createdBy: OPERATOR,
        ttlMs: TTL_MS,
      });
      const content = { kind: "recovery-link-created", data: { username } } as const;
      const notice = await mails.notice(user, content, "administrator");
      const isStored = await recorder.change(
        { action: "recovery-link.create", outcome: "success", actor: OPERATOR, target: userId },
        (entry) => store.insert(stored, entry, notice),
      );
      if (!isStored) {
        await refuse("locked", userId);
        return failure("locked", { administrators: await store.administrators(MAX_NAMED) });
      }
      return success({ username, url: `${publicUrl}/account/recover?token=${token}`, expiresAt: stored.expiresAt });
    },
  };
};
