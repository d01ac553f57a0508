/**
 * Signing up by mail: a link to create an account goes to an address, or, where an account has it, a mail that says so. Neither the
 * response nor its time says which: what is done, and each round trip to the database, is the same.
 */
import { type Language, mailboxOf } from "#shared/contracts/mails.ts";
import { DEFAULT_ROLE } from "../accounts/granting.ts";
import type { User } from "../accounts/user.ts";
import type { AuditEntry, AuditEvent, AuditRecorder } from "../audit/audit-entry.ts";
import type { Letter, Links } from "../links/links.ts";
import type { Mails } from "../mails/mails.ts";
import type { Invited } from "./invitations.ts";

const TTL_MS = 24 * 60 * 60_000;
const PURPOSE = "sign-up";

export interface SignUpRequest {
  email: string;
  language: Language | undefined;
}

export interface SignUpStore {
  /** Whose verified address it is; of several users, who had it first. */
  holderOf(email: string): Promise<Pick<User, "id" | "username"> | undefined>;
  /**
   * Counts the request, and stores the mail, with the link if it is `new`, all in one transaction; false: the counter does not allow
   * it, and nothing is stored.
   */
  request(request: { letter: Letter; isNew: boolean; counter: string }, entry: AuditEntry): Promise<boolean>;
}

export interface SignUp {
  /** Mails a link to create an account by; to a user's verified address, that they have one. */
  request(request: SignUpRequest): Promise<void>;
}

export interface SignUpOptions {
  store: SignUpStore;
  links: Pick<Links, "create">;
  mails: Pick<Mails, "prepare">;
  recorder: AuditRecorder;
  mac: (context: string, text: string) => string;
}

export const createSignUp = ({ store, links, mails, recorder, mac }: SignUpOptions): SignUp => ({
  request: async ({ email, language }) => {
    const user = await store.holderOf(email);
    const payload: Invited = { email, roles: [DEFAULT_ROLE] };
    // Made for those who have an account too, and then not stored.
    const { stored, token } = await links.create({ purpose: PURPOSE, userId: null, payload, ttlMs: TTL_MS });
    const mail = await mails.prepare({
      ...(user ? { kind: "account-exists", data: { username: user.username } } : { kind: "sign-up", data: { token } }),
      ...{ userId: user?.id ?? null, destination: email, ttlMs: TTL_MS },
      ...(language && { language }),
    });
    const counter = mac("sign-up/request", mailboxOf(email));
    const event: AuditEvent = {
      ...{ action: "sign-up.request", outcome: "success", reason: user ? "account-exists" : "new" },
      ...{ actor: undefined, target: user?.id, concerns: user?.id },
    };
    await recorder.change(event, (entry) =>
      store.request({ letter: { link: stored, mail }, isNew: user === undefined, counter }, entry),
    );
  },
});
