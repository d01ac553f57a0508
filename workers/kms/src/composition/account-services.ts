/** Composes what people have in the kms: their accounts, passwords, roles and sessions, and the tokens made of these. */
import type { TokenVerifier } from "#shared/auth/verify.ts";
import { admittingVerifier, policyOf } from "#shared/http/access.ts";
import { type Accounts, createAccounts } from "../accounts/accounts.ts";
import { createEmailAddresses } from "../accounts/email-addresses.ts";
import { createPasswords } from "../accounts/password.ts";
import { createAttemptRepository } from "../accounts/password-attempts.store.ts";
import { createPasswordGuard } from "../accounts/password-guard.ts";
import { createRoleRepository } from "../accounts/roles.store.ts";
import { createRoles, type Roles } from "../accounts/roles.ts";
import { createTurns } from "../accounts/turns.ts";
import type { UserRepository } from "../accounts/user.ts";
import { createUserRepository } from "../accounts/users.store.ts";
import type { AuditTrail } from "../audit/audit.ts";
import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import { createTokenExchange, type ExchangeToken } from "../oauth/token-exchange.ts";
import { createPasskeyLogins, type PasskeyLogins } from "../sessions/passkey-logins.ts";
import { createRefreshTokens } from "../sessions/refresh-token.ts";
import type { SessionRepository } from "../sessions/session.ts";
import { createSessionRepository } from "../sessions/sessions.store.ts";
import { createSessions, type Sessions } from "../sessions/sessions.ts";
import type { IssueToken } from "../tokens/access-token.ts";
import { createTokenRevoker, type RevokeToken } from "../tokens/revocations.store.ts";
import type { Foundation } from "./foundation.ts";

export interface AccountServices {
  accounts: Accounts;
  users: UserRepository;
  roles: Roles;
  sessions: Sessions;
  passkeyLogins: PasskeyLogins;
  storedSessions: SessionRepository;
  exchangeToken: ExchangeToken;
  /** Revokes one access token by its `jti`. */
  revokeToken: RevokeToken;
  /** Forgets what has expired. */
  purgeAccounts(): Promise<void>;
}

export interface AccountServicesOptions {
  foundation: Pick<Foundation, "database" | "env">;
  keys: InternalKeys;
  audit: AuditTrail;
  verify: TokenVerifier;
  issueToken: IssueToken;
  sleep: (ms: number) => Promise<void>;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

export const createAccountServices = (options: AccountServicesOptions): AccountServices => {
  const { foundation, keys, audit, verify, issueToken, sleep, randomBytes, now, createId } = options;
  const { database, env } = foundation;
  const users = createUserRepository(database, createEmailAddresses(keys, randomBytes));
  const turns = createTurns({ now, sleep });
  const guard = createPasswordGuard({
    repository: createAttemptRepository(database),
    turns,
    mac: (context, text) => macInContext(keys.mac, context, text),
    now,
  });
  const passwords = createPasswords(keys.passwordPepper, randomBytes);
  const storedSessions = createSessionRepository(database);
  const sessions = createSessions({
    repository: storedSessions,
    refreshTokens: createRefreshTokens(keys.refreshTokenMac, randomBytes),
    issueToken,
    audit,
    stepUpForRoles: env.STEP_UP_FOR_ROLES,
    now,
    createId,
  });
  const roles = createRoles({ repository: createRoleRepository(database), now });
  return {
    accounts: createAccounts({ users, passwords, turns, guard, audit, issuer: env.PUBLIC_URL, now, createId }),
    users,
    roles,
    sessions,
    passkeyLogins: createPasskeyLogins({ guard, users, sessions }),
    storedSessions,
    exchangeToken: createTokenExchange({
      verify: admittingVerifier(verify, "kms", policyOf("kms", "POST", "/token").policy),
      issueToken,
      now,
    }),
    revokeToken: createTokenRevoker(database, now),
    purgeAccounts: async () => {
      await sessions.purge();
      await guard.purge();
      await roles.purge();
    },
  };
};
