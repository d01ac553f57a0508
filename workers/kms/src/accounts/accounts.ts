/** Accounts: creating them, and recognising their owners by password. */
import type { Language } from "#shared/contracts/mails.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditEvent, AuditRecorder } from "../audit/audit-entry.ts";
import type { GivenConsent } from "../consents/consents.ts";
import type { Busy, Caller, HashingQueue } from "../hashing/hashing-queue.ts";
import type { AddressMailing } from "../links/address-mails.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";
import { DEFAULT_ROLE, type Grantor, handsOut, isBeyondDefault } from "./granting.ts";
import { type Admission, callerAt, callerOf } from "./lockout.ts";
import type { KeptPassword, Passwords } from "./password.ts";
import type { Guarded, PasswordGuard } from "./password-guard.ts";
import { passwordFault } from "./password-rules.ts";
import type { Credentials, Profile, UserStore } from "./user.ts";
import { normalizeUsername, usernameFault, usernameKey } from "./username.ts";

export interface NewAccount {
  username: string;
  email?: string | undefined;
  password: string;
  roles: string[];
}

/** What a caller typed, and their network address. */
export interface PasswordLogin {
  username: string;
  password: string;
  address: string | undefined;
}

/** A field that is not accepted, and why. */
export interface AccountFault {
  field: "username" | "password";
  detail: string;
}

export interface PasswordChange {
  /** The session that asks, which continues. */
  sessionId: string;
  currentPassword: string;
  newPassword: string;
}

export interface Accounts {
  /** An account for another person; more than the default role takes a grantor of rights. */
  create(
    account: NewAccount,
    grantor: Grantor<"account"> | Grantor<"rights">,
  ): Promise<Result<Profile, "username-taken" | Busy>>;
  /** An account for oneself, with the default role, asked for from this network address, in this language. */
  register(
    account: Omit<NewAccount, "roles"> & { consents: readonly GivenConsent[] },
    from: { address: string | undefined; language: Language | undefined },
  ): Promise<Result<Profile, "username-taken" | Busy>>;
  /** Creates the administrator of an installation without users. */
  createFirst(account: NewAccount): Promise<Result<Profile, "exists" | "invalid">>;
  /**
   * What `grant` makes of a right password; it must store the admission. Whether the user is unknown or the password wrong
   * is for the log alone: callers must not distinguish them. `userId`: whose name it is.
   */
  authenticate<Value, Failure extends string>(
    login: PasswordLogin,
    grant: (credentials: Credentials, admission: Admission) => Promise<Result<Value, Failure>>,
  ): Promise<Guarded<Value, Failure | "unknown-user" | "wrong-password" | "locked"> & { userId: string | undefined }>;
  /** Replaces the password of a user who presents the current one, ends their other sessions, and notifies them by mail. */
  changePassword(
    change: PasswordChange,
    grantor: Grantor<"password">,
  ): Promise<Guarded<undefined, "unknown-user" | "wrong-password" | "superseded">>;
}

export interface AccountsOptions {
  users: UserStore;
  passwords: Passwords;
  /** Hashing waits in it. */
  hashingQueue: HashingQueue;
  guard: PasswordGuard;
  mails: Pick<Mails, "notice">;
  verification: AddressMailing["verification"];
  recorder: AuditRecorder;
  /** Where the installation is reached: no password is made of its name. */
  issuer: string;
  now: () => number;
  createId: () => string;
}

/** What is wrong with a username and a password; empty when nothing is. */
export const accountFaults = (
  { username, email, password }: Omit<NewAccount, "roles">,
  issuer: string,
): AccountFault[] => {
  const faults = { username: usernameFault(username), password: passwordFault(password, { username, email, issuer }) };
  return (["username", "password"] as const).flatMap((field) => {
    const detail = faults[field];
    return detail === undefined ? [] : [{ field, detail }];
  });
};

const keptBy = ({ user, passwordHash }: Credentials): KeptPassword => ({ userId: user.id, hash: passwordHash });

export const createAccounts = (options: AccountsOptions): Accounts => {
  const { users, passwords, hashingQueue, guard, mails, verification, recorder, issuer, now, createId } = options;

  const toProfile = ({ username, email, roles }: NewAccount): Profile => ({
    id: createId(),
    username: normalizeUsername(username),
    email: email ?? null,
    emailVerifiedAt: null,
    roles: [...new Set(roles)],
    createdAt: new Date(now()),
    lockedAt: null,
  });

  const creationOf = ({ id, username, email }: Profile, actor: string): AuditEvent => ({
    action: "user.create",
    outcome: "success",
    actor,
    target: id,
    personal: { userId: id, fields: { username, ...(email !== null && { email }) } },
  });

  /** `actor`: who creates it; by default the new user. */
  const store = async (
    account: NewAccount,
    caller: Caller,
    {
      actor,
      language,
      consents,
    }: { actor?: string; language?: Language | undefined; consents?: readonly GivenConsent[] },
  ): Promise<Result<Profile, "username-taken" | Busy>> => {
    if (await users.isTaken(account.username)) return failure("username-taken");
    const user = toProfile(account);
    const hashed = await hashingQueue.run(caller, async () =>
      (await users.isTaken(account.username)) ? undefined : passwords.hash(user.id, account.password),
    );
    if (!hashed.ok) return hashed;
    const { value: hash } = hashed;
    if (hash === undefined) return failure("username-taken");
    const letter = user.email === null ? undefined : await verification(user, user.email, language);
    const isStored = await recorder.change(creationOf(user, actor ?? user.id), (entry) =>
      users.insert({ user, hash, letter, consents }, entry),
    );
    return isStored ? success(user) : failure("username-taken");
  };

  /** The mail about a change of the password; `undefined`: there is no address. */
  const passwordNotice = async (userId: string): Promise<StoredMail | undefined> => {
    const user = await users.findById(userId);
    return user && mails.notice(user, { kind: "password-changed", data: { username: user.username } });
  };

  return {
    create: async (account, grantor) => {
      if (isBeyondDefault(account.roles) && !handsOut(grantor, "rights"))
        throw new Error("only a grantor of rights can assign more than the default role");
      return store(account, callerOf(grantor.subject), { actor: grantor.subject });
    },
    register: ({ consents, ...account }, { address, language }) =>
      store({ ...account, roles: [DEFAULT_ROLE] }, callerAt(address, false), { language, consents }),
    createFirst: async (account) => {
      if (!(await users.isEmpty())) return failure("exists");
      if (accountFaults(account, issuer).length > 0) return failure("invalid");
      const user = toProfile(account);
      const hash = await passwords.hash(user.id, account.password);
      const isStored = await recorder.change(creationOf(user, user.id), (entry) =>
        users.insertFirst(user, hash, entry),
      );
      return isStored ? success(user) : failure("exists");
    },
    authenticate: async ({ username, password, address }, grant) => {
      const { attempt, known } = await guard.login(usernameKey(username), address);
      const authenticated = await guard.run(
        attempt,
        async () => {
          const { matches, isOutdated } = await passwords.verify(password, known && keptBy(known));
          if (!known) return failure("unknown-user");
          if (!matches) return failure("wrong-password");
          if (known.user.lockedAt !== null) return failure("locked");
          return success({ known, newHash: isOutdated ? await passwords.hash(known.user.id, password) : undefined });
        },
        async ({ known: credentials, newHash }, admission) => {
          const { user, passwordHash } = credentials;
          if (newHash !== undefined) await users.replacePasswordHash(user.id, passwordHash, newHash);
          return grant(credentials, admission);
        },
      );
      return { ...authenticated, userId: known?.user.id };
    },
    changePassword: async ({ sessionId, currentPassword, newPassword }, { subject: userId }) => {
      const event = { action: "user.password", actor: userId, target: userId } as const;
      const known = await users.findCredentialsById(userId);
      const check = async () => {
        const { matches } = await passwords.verify(currentPassword, known && keptBy(known));
        if (!known) return failure("unknown-user");
        return matches
          ? success({ from: known.passwordHash, to: await passwords.hash(userId, newPassword) })
          : failure("wrong-password");
      };
      const hashed = await guard.run(guard.confirmation(userId), check, guard.release);
      if (!hashed.ok) {
        await recorder.record({ ...event, outcome: "failure", reason: hashed.error.kind });
        return hashed;
      }
      const { allowance, isOverLimit, value } = hashed;
      const password = { ...value, userId, at: new Date(now()), keptSessionId: sessionId };
      const notice = await passwordNotice(userId);
      const isChanged = await recorder.change({ ...event, outcome: "success" }, (entry) =>
        users.changePassword(password, entry, notice),
      );
      if (isChanged) return { ...success(undefined), allowance, isOverLimit };
      await recorder.record({ ...event, outcome: "failure", reason: "superseded" });
      return { ...failure("superseded"), allowance, isOverLimit };
    },
  };
};
