/**
 * The limits that there are from the first start: on everything that anyone may call and that costs something. No honest user
 * meets them, nor do many behind one address. An object of the same name replaces one.
 */
import type { RouteLimitBody } from "./limit.ts";

/** Calls a minute from one address. */
const PER_MINUTE: readonly (readonly [name: string, match: string, limit: number])[] = [
  ["default-login", "POST /kms/login", 600],
  ["default-passkey-options", "POST /kms/login/passkey/options", 600],
  ["default-passkey-login", "POST /kms/login/passkey", 600],
  ["default-register", "POST /kms/register", 300],
  // Each may be a mail to a stranger.
  ["default-sign-up", "POST /kms/sign-up", 60],
  ["default-account-pages", "POST /account/**", 1_200],
  ["default-oauth-pages", "POST /oauth/**", 1_200],
  ["default-console", "POST /console/**", 6_000],
  ["default-forgot", "POST /kms/password/forgot", 600],
  ["default-invitation", "POST /kms/invitations/accept", 600],
  ["default-reset", "POST /kms/password/reset", 600],
  ["default-recover", "POST /kms/recover", 600],
  ["default-leaked", "POST /kms/keys/leaked", 300],
  ["default-token", "POST /kms/token", 6_000],
  ["default-device", "POST /kms/device", 600],
  ["default-par", "POST /kms/par", 600],
  ["default-revoke", "POST /kms/revoke", 6_000],
  // A service asks at every call that it gets.
  ["default-introspect", "POST /kms/introspect", 30_000],
];

export const DEFAULT_LIMITS: readonly { name: string; body: RouteLimitBody }[] = PER_MINUTE.map(
  ([name, match, limit]) => ({
    name,
    body: { match, per: "address", limit, window: "1m" },
  }),
);
