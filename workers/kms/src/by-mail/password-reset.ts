/**
 * A forgotten password: a link and a code go to the user's verified address, and a new password is set by either. Neither the
 * response nor its time says whether there is such a user: what is done, and each round trip to the database, is the same.
 */
import type { Language } from "#shared/contracts/mails.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Roles } from "../accounts/roles.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import { usernameKey } from "../accounts/username.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { Letter, LinkPurpose, Links, StoredLink } from "../links/links.ts";
import type { Mails, StoredMail } from "../mails/mails.ts";
import { entitledAuthor } from "./authors.ts";
import type { NotSet, PasswordsByLink } from "./password-by-link.ts";
import type { Blocked, TypedCodes } from "./typed-codes.ts";

const TTL_MS = 30 * 60_000;
const PURPOSE = "password-reset";
/** The links that a password is set by here. */
const ACCEPTED = [PURPOSE, "first-login"] as const satisfies LinkPurpose[];
/** Whom a letter is written to that is not stored. */
const NOBODY = { id: null, username: "nobody", email: "nobody@invalid.example" };

/** Asked for by a person who may be anyone. */
export interface ResetRequest {
  login: string;
  language: Language | undefined;
}

/** What was mailed, and by whose name it was asked for where it is a code. */
export type ResetProof = { token: string } | { login: string; code: string };

/** Someone made the link for the user, and may do so while both of them have these roles. */
export interface Authorship {
  authorsRoles: readonly string[];
  usersRoles: readonly string[];
}

export interface SetPassword {
  linkId: string;
  /** `undefined`: the user had it mailed. */
  authorship: Authorship | undefined;
  userId: string;
  hash: string;
  at: Date;
  counters: readonly string[];
}

export interface PasswordResetStore {
  /**
   * Counts the request, and stores the letter if it is to be `sent`, all in one transaction; gives whether it was. Nothing is
   * stored where the counter does not allow it.
   */
  request(request: { letter: Letter; isSent: boolean; counter: string }, entry: AuditEntry): Promise<boolean>;
  /**
   * Uses up the link, sets the password, ends all sessions and voids the user's other links; false: it was used, or its author and
   * the user are not as `authorship` says any more.
   */
  setPassword(password: SetPassword, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

export interface PasswordReset {
  /** Mails a link and a code to the verified address of the user with this name or address, if there is one. */
  request(request: ResetRequest): Promise<void>;
  /** Sets a new password. `weak`: why it is not accepted; then the link remains. */
  reset(
    proof: ResetProof,
    newPassword: string,
    address: string | undefined,
  ): Promise<Result<undefined, NotSet | Blocked>>;
}

export interface PasswordResetOptions {
  store: PasswordResetStore;
  users: Pick<UserStore, "findByLogin" | "findById" | "findEntitled">;
  roles: Pick<Roles, "mayGrant">;
  byLink: PasswordsByLink;
  links: Pick<Links, "create" | "find">;
  codes: TypedCodes;
  mails: Pick<Mails, "prepare">;
  recorder: AuditRecorder;
  mac: (context: string, text: string) => string;
  /** Continues some work after the response. */
  later: (work: Promise<void>) => void;
  now: () => number;
}

/** Why no mail goes out; `undefined`: it does. */
const reasonAgainst = (user: Profile | undefined): string | undefined => {
  if (!user) return "unknown-user";
  if (user.lockedAt !== null) return "locked";
  return user.email === null || user.emailVerifiedAt === null ? "no-verified-address" : undefined;
};

export const createPasswordReset = (options: PasswordResetOptions): PasswordReset => {
  const { store, users, roles, byLink, links, codes, mails, recorder, mac, later, now } = options;

  const requestCounter = (login: string): string => mac("password-reset/request", usernameKey(login));
  const codeCounter = (login: string): string => mac("password-reset/code", usernameKey(login));

  const letterTo = async (
    { id: userId, username, email }: { id: string | null; username: string; email: string },
    language: Language | undefined,
  ): Promise<Letter> => {
    const { stored, token, code } = await links.create({ purpose: PURPOSE, userId, hasCode: true, ttlMs: TTL_MS });
    const data = { username, token, code };
    const mail = await mails.prepare({
      ...{ kind: PURPOSE, data, userId, destination: email, ttlMs: TTL_MS },
      ...(language && { language }),
    });
    return { link: stored, mail };
  };

  const linkOf = async (
    proof: ResetProof,
  ): Promise<Result<StoredLink, "wrong-link" | "wrong-code" | Blocked> & { userId?: string | undefined }> => {
    if ("token" in proof) {
      const link = await links.find(ACCEPTED, proof.token);
      return link ? success(link) : failure("wrong-link");
    }
    const user = await users.findByLogin(proof.login);
    const counter = codeCounter(proof.login);
    const tried = await codes.tryCode({ purpose: PURPOSE, userId: user?.id ?? null, counter, code: proof.code });
    return { ...tried, userId: user?.id };
  };

  /** Fails where someone made the link who may not do so any more. */
  const authorshipOf = async ({
    createdBy,
    userId,
  }: StoredLink): Promise<Result<Authorship | undefined, "author-not-entitled">> => {
    if (createdBy === null) return success(undefined);
    const user = await users.findById(userId ?? "");
    const author = user && (await entitledAuthor({ users, roles }, createdBy, user.roles));
    return author
      ? success({ authorsRoles: author.user.roles, usersRoles: user.roles })
      : failure("author-not-entitled");
  };

  return {
    request: async ({ login, language }) => {
      const user = await users.findByLogin(login);
      const reason = reasonAgainst(user);
      const isSent = reason === undefined;
      const letter = await letterTo(isSent && user ? { ...user, email: user.email ?? "" } : NOBODY, language);
      const event = { action: "password.forgot", actor: undefined, target: user?.id, concerns: user?.id } as const;
      await recorder.change({ ...event, outcome: "success" }, (entry) =>
        store.request({ letter, isSent, counter: requestCounter(login) }, entry),
      );
      // After the response, which must not take longer for it.
      if (!isSent) later(recorder.record({ ...event, outcome: "failure", reason }));
    },
    reset: async (proof, newPassword, address) => {
      const found = await linkOf(proof);
      if (!found.ok) {
        const { error } = found;
        return error.kind === "blocked"
          ? { ok: false, error }
          : byLink.refuse("user.password", error.kind, found.userId);
      }
      const authorship = await authorshipOf(found.value);
      if (!authorship.ok) return byLink.refuse("user.password", authorship.error.kind, found.value.userId ?? undefined);
      const counters = "login" in proof ? [codeCounter(proof.login), requestCounter(proof.login)] : [];
      return byLink.set(found.value, newPassword, address, {
        event: { action: "user.password", reason: found.value.purpose === PURPOSE ? "reset" : found.value.purpose },
        mail: "password-changed",
        store: ({ user, ...password }, entry, notice) =>
          store.setPassword(
            { ...password, authorship: authorship.value, userId: user.id, counters, at: new Date(now()) },
            entry,
            notice,
          ),
      });
    },
  };
};
