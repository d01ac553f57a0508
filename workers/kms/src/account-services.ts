/** Composes what people have in the kms: their accounts, passwords, roles and sessions, and the tokens made of these. */
import type { TokenVerifier } from "#shared/auth/verify.ts";
import { admittingVerifier, policyOf } from "#shared/http/access.ts";
import type { IssueToken } from "./domain/access-token.ts";
import { type Accounts, createAccounts } from "./domain/accounts.ts";
import type { AuditTrail } from "./domain/audit.ts";
import { createEmailAddresses } from "./domain/email-addresses.ts";
import { macInContext } from "./domain/mac.ts";
import { createPasskeyLogins, type PasskeyLogins } from "./domain/passkey-logins.ts";
import { createPasswords } from "./domain/password.ts";
import { createPasswordGuard } from "./domain/password-guard.ts";
import type { RandomBytes } from "./domain/random.ts";
import { createRefreshTokens } from "./domain/refresh-token.ts";
import { createRoles, type Roles } from "./domain/roles.ts";
import type { InternalKeys } from "./domain/root-key.ts";
import type { SessionRepository } from "./domain/session.ts";
import { createSessions, type Sessions } from "./domain/sessions.ts";
import { createTokenExchange, type ExchangeToken } from "./domain/token-exchange.ts";
import { createTurns } from "./domain/turns.ts";
import type { UserRepository } from "./domain/user.ts";
import type { Foundation } from "./foundation.ts";
import { createAttemptRepository } from "./store/password-attempts.ts";
import { createTokenRevoker, type RevokeToken } from "./store/revocations.ts";
import { createRoleRepository } from "./store/roles.ts";
import { createSessionRepository } from "./store/sessions.ts";
import { createUserRepository } from "./store/users.ts";

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
