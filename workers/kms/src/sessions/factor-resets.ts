/** Second factors that an administrator removes at twofa, which the kms allows, records and notifies the user of. */
import type { FactorReset } from "#shared/contracts/people.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Roles } from "../accounts/roles.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";

type ResetFailure = "unknown" | "not-held";

export interface FactorResets {
  /** Whether the actor may do so: no one touches a user who may do more than they may themselves. */
  check(reset: FactorReset): Promise<Result<Profile, ResetFailure>>;
  /**
   * Records it, ends the user's sessions and stores the mail, before the factors are removed: so no factor goes without the user
   * hearing of it.
   */
  announce(reset: FactorReset): Promise<Result<undefined, ResetFailure>>;
}

export interface FactorResetsOptions {
  users: Pick<UserStore, "findById" | "announceReset">;
  roles: Pick<Roles, "mayGrant">;
  mails: Pick<Mails, "prepare" | "notice">;
  recorder: AuditRecorder;
  now: () => number;
}

export const createFactorResets = ({ users, roles, mails, recorder, now }: FactorResetsOptions): FactorResets => {
  const check: FactorResets["check"] = async ({ userId, scopes }) => {
    const user = await users.findById(userId);
    if (!user) return failure("unknown");
    return (await roles.mayGrant(user.roles, new Set(scopes))).ok ? success(user) : failure("not-held");
  };

  const noticeTo = async (user: Profile, given: string | undefined): Promise<StoredMail | undefined> => {
    const content = { kind: "factors-removed", data: { username: user.username } } as const;
    if (user.email !== null || given === undefined) return mails.notice(user, content, "administrator");
    // That of a factor, which was proven.
    return mails.prepare({ ...content, userId: user.id, destination: given, isOwn: true });
  };

  return {
    check,
    announce: async (reset) => {
      const checked = await check(reset);
      if (!checked.ok) return checked;
      const { value: user } = checked;
      const notice = await noticeTo(user, reset.destination);
      await recorder.change(
        { action: "user.reset-factors", outcome: "success", actor: reset.actor, target: user.id },
        async (entry) => {
          await users.announceReset(user.id, notice, new Date(now()), entry);
          return true;
        },
      );
      return success(undefined);
    },
  };
};
