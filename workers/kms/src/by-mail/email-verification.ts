/** A user's own address: it counts once they have proved, by a link or a code, that mail to it reaches them. */
import { z } from "zod";
import type { Language } from "#shared/contracts/mails.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { Grantor } from "../accounts/granting.ts";
import type { Profile } from "../accounts/user.ts";
import type { AuditEntry, AuditRecorder } from "../audit/audit-entry.ts";
import type { AddressMailing } from "../links/address-mails.ts";
import type { Letter, Links, StoredLink } from "../links/links.ts";
import type { StoredMail } from "../mails/mails.ts";
import type { Blocked, TypedCodes } from "./typed-codes.ts";

/** What was mailed: the token of the link, or the code. */
export type MailedProof = { token: string } | { code: string };

export interface VerifiedAddress {
  linkId: string;
  userId: string;
  email: string;
  at: Date;
  /** What was counted, and is forgotten. */
  counters: readonly string[];
}

export interface EmailVerificationStore {
  /** Stores the letter, and voids those before it; false: the counter does not allow another. */
  request(letter: Letter, counter: string, entry: AuditEntry): Promise<boolean>;
  /** Uses up the link, makes the address the user's, and voids what was mailed before; false: the link was used. */
  verify(verified: VerifiedAddress, entry: AuditEntry, notice: StoredMail | undefined): Promise<boolean>;
}

export interface EmailVerification {
  /** Mails a link and a code to an address. */
  request(
    wanted: { user: Profile; email: string; language: Language | undefined },
    grantor: Grantor<"credential">,
  ): Promise<Result<{ expiresAt: Date }, Blocked>>;
  /** Makes the address that the proof was mailed to the user's, and notifies the one before. */
  confirm(user: Profile, proof: MailedProof): Promise<Result<Profile, "refused" | Blocked>>;
}

export interface EmailVerificationOptions {
  store: EmailVerificationStore;
  links: Pick<Links, "find" | "payloadOf">;
  codes: TypedCodes;
  mailing: Pick<AddressMailing, "verification" | "notice">;
  recorder: AuditRecorder;
  mac: (context: string, text: string) => string;
  now: () => number;
}

const PURPOSE = "email-verification";
const payloadSchema = z.object({ email: z.string() });

export const createEmailVerification = (options: EmailVerificationOptions): EmailVerification => {
  const { store, links, codes, mailing, recorder, mac, now } = options;

  const requestCounter = (userId: string): string => mac("email-verification/request", userId);
  const codeCounter = (userId: string): string => mac("email-verification/code", userId);

  const linkOf = async (
    userId: string,
    proof: MailedProof,
  ): Promise<Result<StoredLink, "wrong-link" | "wrong-code" | Blocked>> => {
    if ("code" in proof)
      return codes.tryCode({ purpose: PURPOSE, userId, counter: codeCounter(userId), code: proof.code });
    const link = await links.find([PURPOSE], proof.token);
    return link?.userId === userId ? success(link) : failure("wrong-link");
  };

  return {
    request: async ({ user, email, language }, { subject: actor }) => {
      const letter = await mailing.verification(user, email, language);
      const personal = { userId: user.id, fields: { email } };
      const event = { action: "email.request", outcome: "success", actor, target: user.id, personal } as const;
      const counter = requestCounter(user.id);
      const isStored = await recorder.change(event, (entry) => store.request(letter, counter, entry));
      if (!isStored) return { ok: false, error: await codes.blocked(counter) };
      return success({ expiresAt: letter.link.expiresAt });
    },
    confirm: async (user, proof) => {
      const { id: userId } = user;
      const event = { action: "email.verify", actor: userId, target: userId } as const;
      const refuse = async (reason: string) => {
        await recorder.record({ ...event, outcome: "failure", reason });
        return failure("refused");
      };
      const link = await linkOf(userId, proof);
      if (!link.ok) {
        const { error } = link;
        return error.kind === "blocked" ? { ok: false, error } : refuse(error.kind);
      }
      const { email } = payloadSchema.parse(await links.payloadOf(link.value));
      const at = new Date(now());
      const notice = email === user.email ? undefined : await mailing.notice(user);
      const counters = [requestCounter(userId), codeCounter(userId)];
      const verified = { linkId: link.value.id, userId, email, at, counters };
      const made = { ...event, outcome: "success", personal: { userId, fields: { email } } } as const;
      const isVerified = await recorder.change(made, (entry) => store.verify(verified, entry, notice));
      return isVerified ? success({ ...user, email, emailVerifiedAt: at }) : refuse("used");
    },
  };
};
