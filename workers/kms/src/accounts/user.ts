/** A person with an account. */
import type { Permission } from "#shared/contracts/rights.ts";
import type { AuditEntry } from "../audit/audit-entry.ts";
import type { GivenConsent } from "../consents/consents.ts";
import type { AddressMails } from "../links/address-mails.ts";
import type { Letter } from "../links/links.ts";
import type { StoredMail } from "../mails/mails.ts";

export interface User {
  id: string;
  username: string;
  /** Names of roles, see `roles.ts`. */
  roles: string[];
  createdAt: Date;
  /** Since when they cannot log in. */
  lockedAt: Date | null;
}

/** What a user is shown of their account, and administrators of theirs. */
export interface Profile extends User {
  email: string | null;
  /** When they proved that mail to it reaches them; `null`: not yet. */
  emailVerifiedAt: Date | null;
}

export interface ListedUser extends Profile {
  /** The last login or refresh of the sessions that are stored; `null`: there is none. */
  lastSeenAt: Date | null;
}

/** Which users a list has: those whose name has this text in it, or whose email address it is. */
export interface UserFilter {
  search?: string | undefined;
  /** Those who have this role. */
  role?: string | undefined;
  locked?: boolean | undefined;
}

/** A user, and what their roles grant them right now. */
export interface EntitledUser {
  user: User;
  /** In the order of `grantable`. */
  permissions: Permission[];
  /** What each of their roles contributes, that of administrators too. */
  permissionsByRole: Readonly<Record<string, readonly string[]>>;
}

/** Their roles, and what these grant, as they are stored at an instant. */
export interface StoredEntitlement extends Omit<EntitledUser, "user">, Pick<User, "roles"> {}

export interface Credentials {
  user: User;
  passwordHash: string;
  passwordChangedAt: Date | null;
  /** As it is stored; null: none is verified. */
  sealedVerifiedEmail: string | null;
}

/** A user to store. */
export interface CreatedUser {
  user: Profile;
  hash: string;
  /** By which the address is verified. */
  letter?: Letter | undefined;
  consents?: readonly GivenConsent[] | undefined;
}

/** What is changed of an account; what is left out stays. */
export interface AccountChange {
  username?: string | undefined;
  /** `null`: none any more. */
  email?: string | null | undefined;
}

/** A password to replace the one that was checked. */
export interface NewPassword {
  userId: string;
  from: string;
  to: string;
  at: Date;
  /** The session that continues; all others end. */
  keptSessionId: string;
}

export interface UserStore {
  findById(id: string): Promise<Profile | undefined>;
  /** With what their roles grant now. */
  findEntitled(id: string): Promise<EntitledUser | undefined>;
  /** By username, or by an address that is verified; of several with that address, who had it first. */
  findByLogin(login: string): Promise<Profile | undefined>;
  /** By the key of a username, see `usernameKey`. */
  findCredentials(usernameKey: string): Promise<Credentials | undefined>;
  findCredentialsById(id: string): Promise<Credentials | undefined>;
  /** In the order of usernames, from the one after `afterKey`. */
  list(filter: UserFilter, limit: number, afterKey: string | undefined): Promise<ListedUser[]>;
  /** Whether a user has this username, or one that looks like it. */
  isTaken(username: string): Promise<boolean>;
  isEmpty(): Promise<boolean>;
  /** false: the username is taken, or one that looks like it. */
  insert(created: CreatedUser, entry: AuditEntry): Promise<boolean>;
  /** Stores the very first user; false: there is one already. */
  insertFirst(user: Profile, passwordHash: string, entry: AuditEntry): Promise<boolean>;
  /** Changes what is given; false: there is no such user, or the username is taken, or looks like one that is. */
  update(userId: string, change: AccountChange, entry: AuditEntry, mails: AddressMails): Promise<boolean>;
  /** Replaces a hash by one of the same password, unless it has been replaced meanwhile. */
  replacePasswordHash(userId: string, from: string, to: string): Promise<void>;
  /** Changes the password, ends the other sessions, and stores the notice; false: it has been changed meanwhile. */
  changePassword(password: NewPassword, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
  /** Replaces the roles, and voids the access tokens issued before; false: no administrator would be left. */
  setRoles(userId: string, roles: readonly string[], at: Date, entry: AuditEntry): Promise<boolean>;
  /** Locks a user and ends their sessions; false: they are locked, or no administrator would be left. */
  lock(userId: string, at: Date, entry: AuditEntry): Promise<boolean>;
  /** Ends the user's sessions and stores the mail that notifies them, with its entry, in any case. */
  announceReset(userId: string, notice: StoredMail | undefined, at: Date, entry: AuditEntry): Promise<void>;
  /** false: they are not locked. */
  unlock(userId: string, entry: AuditEntry): Promise<boolean>;
}
