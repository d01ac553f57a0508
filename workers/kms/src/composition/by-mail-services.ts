/** Composes what users do with links and codes that are mailed to them. */

import type { EmailAddresses } from "../accounts/email-addresses.ts";
import type { Passwords } from "../accounts/password.ts";
import { createAttemptStore } from "../accounts/password-attempts.store.ts";
import type { Roles } from "../accounts/roles.ts";
import type { UserStore } from "../accounts/user.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { createEmailVerificationStore } from "../by-mail/email-verification.store.ts";
import { createEmailVerification, type EmailVerification } from "../by-mail/email-verification.ts";
import { createInvitationStore } from "../by-mail/invitations.store.ts";
import { createInvitations, type Invitations } from "../by-mail/invitations.ts";
import type { PasswordsByLink } from "../by-mail/password-by-link.ts";
import { createPasswordResetStore } from "../by-mail/password-reset.store.ts";
import { createPasswordReset, type PasswordReset } from "../by-mail/password-reset.ts";
import { createResetLinkStore } from "../by-mail/reset-links.store.ts";
import { createResetLinks, type ResetLinks } from "../by-mail/reset-links.ts";
import { createSignUpStore } from "../by-mail/sign-up.store.ts";
import { createSignUp, type SignUp } from "../by-mail/sign-up.ts";
import { createTypedCodeStore } from "../by-mail/typed-codes.store.ts";
import { createTypedCodes } from "../by-mail/typed-codes.ts";
import type { HashingQueue } from "../hashing/hashing-queue.ts";
import type { AddressMailing } from "../links/address-mails.ts";
import type { Links } from "../links/links.ts";
import type { Mails } from "../mails/mails.ts";
import type { Foundation } from "./foundation.ts";

export interface ByMailServices {
  emailVerification: EmailVerification;
  passwordReset: PasswordReset;
  resetLinks: ResetLinks;
  invitations: Invitations;
  signUp: SignUp;
}

export interface ByMailServicesOptions {
  foundation: Pick<Foundation, "database" | "env">;
  users: UserStore;
  emails: EmailAddresses;
  passwords: Passwords;
  hashingQueue: HashingQueue;
  byLink: PasswordsByLink;
  links: Links;
  mails: Mails;
  mailing: AddressMailing;
  recorder: AuditRecorder;
  mac: (context: string, text: string) => string;
  later: (work: Promise<void>) => void;
  roles: Roles;
  now: () => number;
  createId: () => string;
}

export const createByMailServices = ({
  foundation,
  emails,
  mailing,
  ...shared
}: ByMailServicesOptions): ByMailServices => {
  const { database, env } = foundation;
  const { links, now } = shared;
  const codes = createTypedCodes({
    store: createTypedCodeStore(database),
    attempts: createAttemptStore(database),
    links,
    now,
  });
  return {
    emailVerification: createEmailVerification({
      ...shared,
      store: createEmailVerificationStore(database, emails),
      codes,
      mailing,
    }),
    passwordReset: createPasswordReset({
      ...shared,
      store: createPasswordResetStore(database),
      codes,
    }),
    resetLinks: createResetLinks({ ...shared, store: createResetLinkStore(database), publicUrl: env.PUBLIC_URL }),
    invitations: createInvitations({
      ...shared,
      store: createInvitationStore(database, emails),
      isSignUpOpen: env.REGISTRATION !== "closed",
    }),
    signUp: createSignUp({ ...shared, store: createSignUpStore(database, emails) }),
  };
};
