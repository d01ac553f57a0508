/** Composes what people have in the kms: their accounts, passwords, roles and sessions, and the tokens made of these. */
import type { TokenVerifier } from "#shared/auth/verify.ts";
import { admittingVerifier, policyOf } from "#shared/http/access.ts";
import { legalDocumentsOf } from "#shared/settings/installation.ts";
import { type Accounts, createAccounts } from "../accounts/accounts.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import { createPasswords } from "../accounts/password.ts";
import { createAttemptStore } from "../accounts/password-attempts.store.ts";
import { createPasswordGuard } from "../accounts/password-guard.ts";
import { createRoleStore } from "../accounts/roles.store.ts";
import { createRoles, type Roles } from "../accounts/roles.ts";
import type { UserStore } from "../accounts/user.ts";
import { createUserAdministration, type UserAdministration } from "../accounts/user-administration.ts";
import { createUserStore } from "../accounts/users.store.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import { createPasswordsByLink } from "../by-mail/password-by-link.ts";
import { createConsentStore } from "../consents/consents.store.ts";
import { type Consents, createConsents } from "../consents/consents.ts";
import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createSealer } from "../crypto/sealing.ts";
import { createProofStore } from "../dpop/proofs.store.ts";
import { createProofs, type Proofs } from "../dpop/proofs.ts";
import { createHashers } from "../hashing/hashers.ts";
import { createHashingQueue } from "../hashing/hashing-queue.ts";
import { createLocalSlowHash, type SlowHash } from "../hashing/slow-hash.ts";
import { createAddressMailing } from "../links/address-mails.ts";
import { createLinkStore } from "../links/links.store.ts";
import { createLinks } from "../links/links.ts";
import { createMailStore } from "../mails/mails.store.ts";
import { createMails, type Mails } from "../mails/mails.ts";
import { createUserNotices, type UserNotices } from "../mails/user-notices.ts";
import { createTokenExchange, type ExchangeToken } from "../oauth/token-exchange.ts";
import { createTokenRevocation, type RevokeAnyToken } from "../oauth/token-revocation.ts";
import { createFactorRemovalStore } from "../recovery/factor-removals.store.ts";
import { createFactorRemovals, type FactorRemovals } from "../recovery/factor-removals.ts";
import { createFirstLoginLinkStore } from "../recovery/first-login-links.store.ts";
import { createFirstLoginLinks, type FirstLoginLinks } from "../recovery/first-login-links.ts";
import { createRecoveryStore } from "../recovery/recovery.store.ts";
import { createRecovery, type Recovery } from "../recovery/recovery.ts";
import { createBrowserCookieStore } from "../sessions/browser-sessions.store.ts";
import { type BrowserSessions, createBrowserSessions } from "../sessions/browser-sessions.ts";
import { createFactorResets, type FactorResets } from "../sessions/factor-resets.ts";
import { createDeviceRecognition, type RecogniseDevice } from "../sessions/known-devices.ts";
import { createOrigins, type Origins } from "../sessions/origin.ts";
import { createPasskeyLogins, type PasskeyLogins } from "../sessions/passkey-logins.ts";
import { createPasswordLogins, type PasswordLogins } from "../sessions/password-logins.ts";
import { createRefreshTokens } from "../sessions/refresh-token.ts";
import type { SessionStore } from "../sessions/session.ts";
import { createSessionStore } from "../sessions/sessions.store.ts";
import { createSessions, type Sessions } from "../sessions/sessions.ts";
import type { IssueToken } from "../tokens/access-token.ts";
import { createTokenRevoker } from "../tokens/revocations.store.ts";
import type { UpstreamScopes } from "../upstream-scopes/upstream-scopes.ts";
import { type ByMailServices, createByMailServices } from "./by-mail-services.ts";
import type { Foundation } from "./foundation.ts";

export interface AccountServices extends ByMailServices {
  accounts: Accounts;
  mails: Mails;
  userNotices: UserNotices;
  users: UserStore;
  userAdministration: UserAdministration;
  recovery: Recovery;
  firstLoginLinks: FirstLoginLinks;
  factorRemovals: FactorRemovals;
  factorResets: FactorResets;
  roles: Roles;
  sessions: Sessions;
  passwordLogins: PasswordLogins;
  passkeyLogins: PasskeyLogins;
  browserSessions: BrowserSessions;
  storedSessions: SessionStore;
  origins: Origins;
  recogniseDevice: RecogniseDevice;
  proofs: Proofs;
  consents: Consents;
  exchangeToken: ExchangeToken;
  revokeToken: RevokeAnyToken;
  /** Forgets what has expired. */
  purgeAccounts(): Promise<void>;
}

export interface AccountServicesOptions {
  foundation: Pick<Foundation, "database" | "env">;
  keys: InternalKeys;
  recorder: AuditRecorder;
  upstreamScopes: UpstreamScopes;
  verify: TokenVerifier;
  issueToken: IssueToken;
  sleep: (ms: number) => Promise<void>;
  /** Continues some work after the response; its failure is logged. */
  later: (work: Promise<void>) => void;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

/** Beside this process where there are processes for it, else in this one. */
const slowHashOf = (env: Foundation["env"], sleep: AccountServicesOptions["sleep"]): SlowHash => {
  const { HASHERS, HASHER_1, HASHER_2, HASHER_3, HASHER_4 } = env;
  const hashers = [HASHER_1, HASHER_2, HASHER_3, HASHER_4].slice(0, HASHERS).filter((hasher) => hasher !== undefined);
  return hashers.length > 0 ? createHashers(hashers) : createLocalSlowHash(sleep);
};

export const createAccountServices = (options: AccountServicesOptions): AccountServices => {
  const { foundation, keys, recorder, upstreamScopes, verify, issueToken, sleep, later, randomBytes, now, createId } =
    options;
  const { database, env } = foundation;
  const emails = createEmailAddresses(keys, randomBytes);
  const users = createUserStore(database, emails);
  const mac = (context: string, text: string): string => macInContext(keys.mac, context, text);
  const slowHash = slowHashOf(env, sleep);
  const hashingQueue = createHashingQueue({ ...slowHash, now, sleep });
  const guard = createPasswordGuard({
    store: createAttemptStore(database),
    hashingQueue,
    slowHash,
    mac,
    now,
  });
  const passwords = createPasswords({ pepper: keys.passwordPepper, slowHash, randomBytes });
  const storedSessions = createSessionStore(database);
  const refreshTokens = createRefreshTokens(keys.refreshTokenMac, randomBytes);
  const origins = createOrigins(keys.sessionOriginSealing, randomBytes);
  const mails = createMails({
    store: createMailStore(database),
    sealer: createSealer(keys.sealing, randomBytes),
    macKey: keys.emailMac,
    now,
    createId,
  });
  const recogniseDevice = createDeviceRecognition({ emails, mails, mac });
  const sessions = createSessions({
    store: storedSessions,
    refreshTokens,
    origins,
    recogniseDevice,
    issueToken,
    recorder,
    stepUpForRoles: env.STEP_UP_FOR_ROLES,
    now,
    createId,
  });
  const roles = createRoles({
    store: createRoleStore(database),
    upstreamScopes,
    recorder,
    stepUpForRoles: env.STEP_UP_FOR_ROLES,
    now,
  });
  const proofs = createProofs({ store: createProofStore(database), now });
  const links = createLinks({
    store: createLinkStore(database),
    key: keys.linkMac,
    sealer: createSealer(keys.sealing, randomBytes),
    randomBytes,
    now,
    createId,
  });
  const addressMailing = createAddressMailing({ links, mails });
  const byLink = createPasswordsByLink({
    users,
    passwords,
    hashingQueue,
    links,
    mails,
    recorder,
    issuer: env.PUBLIC_URL,
  });
  const accounts = createAccounts({
    users,
    passwords,
    hashingQueue,
    guard,
    mails,
    verification: addressMailing.verification,
    recorder,
    issuer: env.PUBLIC_URL,
    now,
    createId,
  });
  return {
    ...createByMailServices({
      foundation,
      users,
      emails,
      passwords,
      hashingQueue,
      byLink,
      links,
      mails,
      mailing: addressMailing,
      recorder,
      mac,
      later,
      roles,
      now,
      createId,
    }),
    accounts,
    mails,
    userNotices: createUserNotices({ users, mails }),
    users,
    recovery: createRecovery({ store: createRecoveryStore(database), links, byLink, guard, now }),
    firstLoginLinks: createFirstLoginLinks({
      store: createFirstLoginLinkStore(database),
      users,
      links,
      recorder,
      isOffered: env.SIGN_IN_METHODS.has("password"),
      publicUrl: env.PUBLIC_URL,
    }),
    factorRemovals: createFactorRemovals(createFactorRemovalStore(database)),
    factorResets: createFactorResets({ users, roles, mails, recorder, now }),
    userAdministration: createUserAdministration({ users, addressMails: addressMailing.mailsOf, recorder, now }),
    roles,
    sessions,
    passwordLogins: createPasswordLogins({ accounts, sessions, recorder }),
    passkeyLogins: createPasskeyLogins({
      guard,
      users,
      sessions,
      recorder,
      isOffered: env.SIGN_IN_METHODS.has("passkey"),
    }),
    browserSessions: createBrowserSessions({
      store: createBrowserCookieStore(database),
      sessions: storedSessions,
      refreshTokens,
      issueToken,
      recorder,
      stepUpForRoles: env.STEP_UP_FOR_ROLES,
      mac: (context, text) => macInContext(keys.refreshTokenMac, context, text),
      randomBytes,
      now,
    }),
    storedSessions,
    origins,
    recogniseDevice,
    proofs,
    consents: createConsents({
      store: createConsentStore(database),
      documents: legalDocumentsOf(env),
      recorder,
      now,
      createId,
    }),
    exchangeToken: createTokenExchange({
      verify: admittingVerifier(verify, "kms", policyOf("kms", "POST", "/token").policy),
      upstreamScopes,
      issueToken,
      recorder,
      now,
    }),
    revokeToken: createTokenRevocation({
      verify,
      sessions,
      revoke: createTokenRevoker(database, now),
      recorder,
    }),
    purgeAccounts: async () => {
      await sessions.purge();
      await guard.purge();
      await roles.purge();
      await proofs.purge();
      await links.purge();
    },
  };
};
