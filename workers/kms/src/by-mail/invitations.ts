/**
 * Invitations: an administrator says who may have an account and with which roles, and the person who gets the mail makes it. What
 * the inviter may do is asked again then: an invitation by someone who has lost these rights is worth nothing. Who signs up has
 * invited themselves.
 */
import { z } from "zod";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import { callerAt } from "../accounts/lockout.ts";
import type { Passwords } from "../accounts/password.ts";
import type { Roles } from "../accounts/roles.ts";
import type { EntitledUser, Profile, UserStore } from "../accounts/user.ts";
import { normalizeUsername } from "../accounts/username.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { GivenConsent } from "../consents/consents.ts";
import type { Busy, HashingQueue } from "../hashing/hashing-queue.ts";
import type { Letter, LinkPurpose, Links, StoredLink } from "../links/links.ts";
import type { Mails } from "../mails/mails.ts";
import { entitledAuthor } from "./authors.ts";

const TTL_MS = 72 * 60 * 60_000;
const PURPOSE = "invitation";
const ACCEPTED = [PURPOSE, "sign-up"] as const satisfies LinkPurpose[];
/** Usernames that are taken, of which one link reports no more. It is of no use after that. */
export const MAX_TAKEN_NAMES = 10;
const invitedSchema = z.object({ email: z.string(), username: z.string().optional(), roles: z.array(z.string()) });

/** Who is invited. `username`: what they are called unless they choose another name. */
export type Invited = z.infer<typeof invitedSchema>;

export interface Invitation extends Invited {
  id: string;
  /** The id of the inviter. */
  invitedBy: string;
  createdAt: Date;
  expiresAt: Date;
}

/** An invitation that someone holds, and that is worth something right now. */
export interface HeldInvitation extends Invitation {
  /** `undefined`: they sign up by themselves. */
  inviter: EntitledUser | undefined;
}

/** What an invitation is used up for. */
export interface AcceptedInvitation {
  invitation: HeldInvitation;
  user: Profile;
  hash: string;
  consents: readonly GivenConsent[];
}

export interface InvitationStore {
  insert(letter: Letter, entry: AuditEntry): Promise<boolean>;
  list(at: Date, limit: number, afterId: string | undefined): Promise<StoredLink[]>;
  /** false: there is none with this id. */
  remove(id: string, entry: AuditEntry): Promise<boolean>;
  /**
   * Counts the username with the invitation if it is taken, and voids an invitation that has too many; false: it is not taken, or the
   * invitation is of no use any more.
   */
  countTaken(id: string, username: string): Promise<boolean>;
  /**
   * Uses up the invitation, if the inviter still has these roles and is not locked, or no account has the address of one who signs
   * up, and stores the user; false: the username is taken, or the invitation is of no use any more.
   */
  accept(accepted: AcceptedInvitation, entry: AuditEntry): Promise<boolean>;
}

export interface Invitations {
  invite(invited: Invited, grantor: Grantor<"rights">): Promise<Invitation>;
  /** Those that can be accepted, by id. */
  list(limit: number, afterId: string | undefined): Promise<Invitation[]>;
  findById(id: string): Promise<Invitation | undefined>;
  revoke(id: string, actor: string): Promise<Result<undefined, "unknown">>;
  /** The username that the invitation of this token comes with, if it is worth something; nothing is recorded. */
  usernameFor(token: string): Promise<Result<string | null, "refused">>;
  /** The invitation of this token. */
  find(token: string): Promise<Result<HeldInvitation, "refused">>;
  /** Makes the account, whose address is verified by the mail that was read. */
  accept(
    invitation: HeldInvitation,
    account: { username: string; password: string; consents: readonly GivenConsent[] },
    address: string | undefined,
  ): Promise<Result<Profile, "refused" | "username-taken" | Busy>>;
}

export interface InvitationsOptions {
  store: InvitationStore;
  links: Pick<Links, "create" | "find" | "findById" | "payloadOf">;
  mails: Pick<Mails, "prepare">;
  users: Pick<UserStore, "findById" | "findEntitled">;
  roles: Pick<Roles, "mayGrant">;
  passwords: Pick<Passwords, "hash">;
  hashingQueue: HashingQueue;
  recorder: AuditRecorder;
  /** Whether those who were mailed a link may still sign up. */
  isSignUpOpen: boolean;
  now: () => number;
  createId: () => string;
}

export const createInvitations = (options: InvitationsOptions): Invitations => {
  const { store, links, mails, users, roles, passwords, hashingQueue, recorder, isSignUpOpen, now, createId } = options;

  const read = async (link: StoredLink): Promise<Invitation> => {
    const { id, createdBy, createdAt, expiresAt } = link;
    return {
      ...invitedSchema.parse(await links.payloadOf(link)),
      id,
      invitedBy: createdBy ?? "",
      createdAt,
      expiresAt,
    };
  };

  const heldBy = async (
    token: string,
  ): Promise<Result<HeldInvitation, "wrong-link" | "registration-closed" | "inviter-not-entitled">> => {
    const link = await links.find(ACCEPTED, token);
    if (!link) return failure("wrong-link");
    const invitation = await read(link);
    if (link.purpose !== PURPOSE)
      return isSignUpOpen ? success({ ...invitation, inviter: undefined }) : failure("registration-closed");
    const inviter = await entitledAuthor({ users, roles }, invitation.invitedBy, invitation.roles);
    return inviter ? success({ ...invitation, inviter }) : failure("inviter-not-entitled");
  };

  const refuse = async (reason: string) => {
    await recorder.record({ action: "user.create", outcome: "failure", reason, actor: undefined });
    return failure("refused");
  };

  return {
    invite: async (invited, { subject: actor }) => {
      const payload: Invited = { ...invited, roles: [...new Set(invited.roles)] };
      const { stored, token } = await links.create({
        purpose: PURPOSE,
        userId: null,
        createdBy: actor,
        payload,
        ttlMs: TTL_MS,
      });
      const invitedBy = (await users.findById(actor))?.username ?? "an administrator";
      const mail = await mails.prepare({
        ...{ kind: PURPOSE, data: { invitedBy, token }, userId: null, destination: invited.email, ttlMs: TTL_MS },
      });
      const event = { action: "invitation.create", outcome: "success", actor, target: stored.id } as const;
      await recorder.change(event, (entry) => store.insert({ link: stored, mail }, entry));
      return read(stored);
    },
    list: async (limit, afterId) => Promise.all((await store.list(new Date(now()), limit, afterId)).map(read)),
    findById: async (id) => {
      const link = await links.findById(id);
      return link?.purpose === PURPOSE ? read(link) : undefined;
    },
    revoke: async (id, actor) => {
      const event = { action: "invitation.revoke", outcome: "success", actor, target: id } as const;
      const isRevoked = await recorder.change(event, (entry) => store.remove(id, entry));
      return isRevoked ? success(undefined) : failure("unknown");
    },
    usernameFor: async (token) => {
      const found = await heldBy(token);
      return found.ok ? success(found.value.username ?? null) : failure("refused");
    },
    find: async (token) => {
      const found = await heldBy(token);
      return found.ok ? found : refuse(found.error.kind);
    },
    accept: async (invitation, { username, password, consents }, address) => {
      const at = new Date(now());
      const { email } = invitation;
      const user: Profile = {
        ...{ id: createId(), username: normalizeUsername(username), email, emailVerifiedAt: at },
        ...{ roles: invitation.roles, createdAt: at, lockedAt: null },
      };
      const event = {
        action: "user.create",
        outcome: "success",
        reason: invitation.inviter ? PURPOSE : "sign-up",
        actor: user.id,
        target: user.id,
      } as const;
      const personal = { userId: user.id, fields: { username: user.username, email } };
      if (await store.countTaken(invitation.id, username)) return failure("username-taken");
      const made = await hashingQueue.run(callerAt(address, false), async () => {
        // Of many who come with one link, one has a password hashed.
        if (!(await links.findById(invitation.id))) return undefined;
        const accepted = { invitation, user, consents, hash: await passwords.hash(user.id, password) };
        return recorder.change({ ...event, personal }, (entry) => store.accept(accepted, entry));
      });
      if (!made.ok) return made;
      if (made.value === true) return success(user);
      return (await store.countTaken(invitation.id, username)) ? failure("username-taken") : refuse("used");
    },
  };
};
