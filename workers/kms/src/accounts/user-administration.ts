/** What administrators change of other users: their names, addresses and roles, and whether they can log in. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEvent, AuditRecorder } from "../audit/audit-entry.ts";
import type { AddressMailing } from "../links/address-mails.ts";
import type { Grantor } from "./granting.ts";
import type { AccountChange, Profile, UserStore } from "./user.ts";
import { normalizeUsername } from "./username.ts";

/** `last-administrator`: no one would be left to administer. */
export type AdministrationFailure = "unknown" | "last-administrator";

export interface UserAdministration {
  /** Changes the username or the email address; the user as changed. */
  update(
    user: Profile,
    change: AccountChange,
    grantor: Grantor<"credential">,
  ): Promise<Result<Profile, "unknown" | "username-taken">>;
  /** Replaces the roles, and voids the access tokens issued before. */
  setRoles(
    id: string,
    roles: readonly string[],
    grantor: Grantor<"rights">,
  ): Promise<Result<undefined, AdministrationFailure>>;
  /** Locks a user and ends their sessions; one who is locked stays so. */
  lock(id: string, grantor: Grantor<"access">): Promise<Result<Profile, AdministrationFailure>>;
  /** Lets a user log in again. */
  unlock(id: string, grantor: Grantor<"rights"> | Grantor<"access">): Promise<Result<Profile, "unknown">>;
}

export interface UserAdministrationOptions {
  users: Pick<UserStore, "findById" | "update" | "setRoles" | "lock" | "unlock">;
  addressMails: AddressMailing["mailsOf"];
  recorder: AuditRecorder;
  now: () => number;
}

export const createUserAdministration = (options: UserAdministrationOptions): UserAdministration => {
  const { users, addressMails, recorder, now } = options;

  const eventOf = (action: AuditEvent["action"], target: string, actor: string): AuditEvent => ({
    action,
    outcome: "success",
    actor,
    target,
  });

  return {
    update: async (user, wanted, { subject }) => {
      const username = normalizeUsername(wanted.username ?? user.username);
      const email = wanted.email === undefined ? user.email : wanted.email;
      const change: AccountChange = {
        ...(username !== user.username && { username }),
        ...(email !== user.email && { email }),
      };
      if (Object.keys(change).length === 0) return success(user);
      const fields = Object.fromEntries(Object.entries(change).map(([name, value]) => [name, value ?? ""]));
      const event = { ...eventOf("user.change", user.id, subject), personal: { userId: user.id, fields } };
      const mailed = change.email === undefined ? {} : await addressMails({ ...user, username }, change.email);
      const isChanged = await recorder.change(event, (entry) => users.update(user.id, change, entry, mailed));
      const emailVerifiedAt = change.email === undefined ? user.emailVerifiedAt : null;
      if (isChanged) return success({ ...user, username, email, emailVerifiedAt });
      return failure((await users.findById(user.id)) ? "username-taken" : "unknown");
    },
    setRoles: async (id, roles, { subject }) => {
      const isChanged = await recorder.change(eventOf("user.roles", id, subject), (entry) =>
        users.setRoles(id, roles, new Date(now()), entry),
      );
      if (isChanged) return success(undefined);
      return failure((await users.findById(id)) ? "last-administrator" : "unknown");
    },
    lock: async (id, { subject }) => {
      await recorder.change(eventOf("user.lock", id, subject), (entry) => users.lock(id, new Date(now()), entry));
      const user = await users.findById(id);
      if (!user) return failure("unknown");
      return user.lockedAt === null ? failure("last-administrator") : success(user);
    },
    unlock: async (id, { subject }) => {
      await recorder.change(eventOf("user.unlock", id, subject), (entry) => users.unlock(id, entry));
      const user = await users.findById(id);
      return user ? success(user) : failure("unknown");
    },
  };
};
