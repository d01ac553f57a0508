/** Accounts: creating them, and recognising their owners by password. */
import { failure, type Result, success } from "#shared/contracts/result.ts";
import type { AuditEntry, AuditTrail } from "./audit.ts";
import { type Passwords, passwordFault } from "./password.ts";
import type { Turns } from "./turns.ts";
import type { Credentials, User, UserRepository } from "./user.ts";
import { normalizeUsername, usernameFault, usernameKey } from "./username.ts";

export interface NewAccount {
  username: string;
  email?: string | undefined;
  password: string;
  roles: string[];
}

/** A field that is not accepted, and why. */
export interface AccountFault {
  field: "username" | "password";
  detail: string;
}

export interface Accounts {
  /** `actor`: who asks for it; the new user himself, if not said. */
  create(account: NewAccount, actor?: string): Promise<Result<User, "username-taken" | "busy">>;
  /** Creates the administrator of an installation without users. */
  createFirst(account: NewAccount): Promise<Result<User, "exists" | "invalid">>;
  /** Whether the user is unknown or the password wrong is for the log alone: callers must not tell them apart. */
  authenticate(
    username: string,
    password: string,
  ): Promise<Result<Credentials, "unknown-user" | "wrong-password" | "locked" | "busy">>;
}

export interface AccountsOptions {
  users: UserRepository;
  passwords: Passwords;
  /** Where hashing waits for its turn. */
  turns: Turns;
  audit: Pick<AuditTrail, "prepare">;
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

export const createAccounts = ({ users, passwords, turns, audit, now, createId }: AccountsOptions): Accounts => {
  const toUser = ({ username, email, roles }: NewAccount): User => ({
    id: createId(),
    username: normalizeUsername(username),
    email: email ?? null,
    roles: [...new Set(roles)],
    createdAt: new Date(now()),
    lockedAt: null,
  });

  const creationOf = ({ id, username, email }: User, actor: string): Promise<AuditEntry> => {
    const fields = { username, ...(email !== null && { email }) };
    return audit.prepare({
      action: "user.create",
      outcome: "success",
      actor,
      target: id,
      personal: { userId: id, fields },
    });
  };

  const isTaken = async (username: string): Promise<boolean> =>
    (await users.findCredentials(usernameKey(username))) !== undefined;

  return {
    create: async (account, actor) => {
      if (await isTaken(account.username)) return failure("username-taken");
      const hashed = await turns.run(async () =>
        (await isTaken(account.username)) ? undefined : passwords.hash(account.password),
      );
      if (!hashed.ok) return hashed;
      const user = toUser(account);
      if (hashed.value === undefined) return failure("username-taken");
      const isStored = await users.insert(user, hashed.value, await creationOf(user, actor ?? user.id));
      return isStored ? success(user) : failure("username-taken");
    },
    createFirst: async (account) => {
      if (!(await users.isEmpty())) return failure("exists");
      if (accountFaults(account.username, account.password).length > 0) return failure("invalid");
      const user = toUser(account);
      const hash = await passwords.hash(account.password);
      const isStored = await users.insertFirst(user, hash, await creationOf(user, user.id));
      return isStored ? success(user) : failure("exists");
    },
    authenticate: async (username, password) => {
      const known = await users.findCredentials(usernameKey(username));
      const checked = await turns.run(async () => {
        const { matches, isOutdated } = await passwords.verify(password, known?.passwordHash);
        return { matches, newHash: matches && isOutdated ? await passwords.hash(password) : undefined };
      });
      if (!checked.ok) return checked;
      const { matches, newHash } = checked.value;
      if (!known) return failure("unknown-user");
      if (!matches) return failure("wrong-password");
      if (known.user.lockedAt !== null) return failure("locked");
      if (newHash !== undefined) await users.replacePasswordHash(known.user.id, known.passwordHash, newHash);
      return success(known);
    },
  };
};
