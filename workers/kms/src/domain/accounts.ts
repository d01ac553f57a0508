/** Accounts: creating them, and recognising their owners by password. */
import { failure, type Result, success } from "#shared/contracts/result.ts";
import type { Role } from "#shared/contracts/rights.ts";
import { type Passwords, passwordFault } from "./password.ts";
import type { Credentials, User, UserRepository } from "./user.ts";
import { normalizeUsername, usernameFault, usernameKey } from "./username.ts";

export interface NewAccount {
  username: string;
  email?: string | undefined;
  password: string;
  roles: Role[];
}

/** A field that is not accepted, and why. */
export interface AccountFault {
  field: "username" | "password";
  detail: string;
}

export interface Accounts {
  create(account: NewAccount): Promise<Result<User, "username-taken">>;
  /** Creates the administrator of an installation without users. */
  createFirst(account: NewAccount): Promise<Result<User, "exists" | "invalid">>;
  /** The reasons are for the log alone: callers must not tell them apart. */
  authenticate(username: string, password: string): Promise<Result<User, "unknown-user" | "wrong-password">>;
}

export interface AccountsOptions {
  users: UserRepository;
  passwords: Passwords;
  now: () => number;
  createId: () => string;
}

/** What is wrong with a username and a password; empty when nothing is. */
export const accountFaults = (username: string, password: string): AccountFault[] => {
  const faults = { username: usernameFault(username), password: passwordFault(password, username) };
  return (["username", "password"] as const).flatMap((field) => {
    const detail = faults[field];
    return detail === undefined ? [] : [{ field, detail }];
  });
};

export const createAccounts = ({ users, passwords, now, createId }: AccountsOptions): Accounts => {
  const toUser = ({ username, email, roles }: NewAccount): User => ({
    id: createId(),
    username: normalizeUsername(username),
    email: email ?? null,
    roles: [...new Set(roles)],
    createdAt: new Date(now()),
  });

  const refreshHash = async ({ user, passwordHash }: Credentials, password: string): Promise<void> =>
    users.replacePasswordHash(user.id, passwordHash, await passwords.hash(password));

  return {
    create: async (account) => {
      const taken = await users.findCredentials(usernameKey(account.username));
      if (taken) return failure("username-taken");
      const user = toUser(account);
      const isStored = await users.insert(user, await passwords.hash(account.password));
      return isStored ? success(user) : failure("username-taken");
    },
    createFirst: async (account) => {
      if (!(await users.isEmpty())) return failure("exists");
      if (accountFaults(account.username, account.password).length > 0) return failure("invalid");
      const user = toUser(account);
      const isStored = await users.insertFirst(user, await passwords.hash(account.password));
      return isStored ? success(user) : failure("exists");
    },
    authenticate: async (username, password) => {
      const known = await users.findCredentials(usernameKey(username));
      const { matches, isOutdated } = await passwords.verify(password, known?.passwordHash);
      if (!known) return failure("unknown-user");
      if (!matches) return failure("wrong-password");
      if (isOutdated) await refreshHash(known, password);
      return success(known.user);
    },
  };
};
