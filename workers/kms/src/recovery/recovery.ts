/**
 * An account that its owner gets back by a link of the operator's: with a new password, without the second factors and the
 * sessions that it had. What was counted against its name no longer delays a login.
 */
import type { Result } from "#shared/lang/result.ts";
import type { Release } from "../accounts/lockout.ts";
import type { PasswordGuard } from "../accounts/password-guard.ts";
import { usernameKey } from "../accounts/username.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { NotSet, PasswordsByLink } from "../by-mail/password-by-link.ts";
import type { Links } from "../links/links.ts";
import type { StoredMail } from "../mails/mails.ts";

export interface RecoveredAccount {
  linkId: string;
  userId: string;
  hash: string;
  /** All second factors that were enrolled by then are to be removed. */
  at: Date;
  release: Release;
}

export interface RecoveryStore {
  /**
   * Uses up the link, sets the password, notes that the factors are to be removed, ends all sessions and voids the user's other
   * links; false: it was used, or the user is no administrator who can log in.
   */
  recover(account: RecoveredAccount, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

export interface Recovery {
  /** Sets the password. The factors are noted by then, and twofa is to be asked to remove them. */
  recover(token: string, newPassword: string, address: string | undefined): Promise<Result<undefined, NotSet>>;
}

export interface RecoveryOptions {
  store: RecoveryStore;
  links: Pick<Links, "find">;
  byLink: PasswordsByLink;
  guard: Pick<PasswordGuard, "recovery">;
  now: () => number;
}

export const createRecovery = ({ store, links, byLink, guard, now }: RecoveryOptions): Recovery => ({
  recover: async (token, newPassword, address) =>
    byLink.set(await links.find(["recovery"], token), newPassword, address, {
      event: { action: "user.recover" },
      mail: "account-recovered",
      store: ({ user, ...password }, entry, notice) =>
        store.recover(
          {
            ...password,
            userId: user.id,
            at: new Date(now()),
            release: guard.recovery(usernameKey(user.username), address),
          },
          entry,
          notice,
        ),
    }),
});
