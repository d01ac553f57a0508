/**
 * The one rule of granting, applied by everything that grants something: rights beyond the default role, a credential, an
 * account, a secret or access; and by whatever replaces a password or a secret. It takes a person who has just passed a
 * second factor, or who has none and has just logged in. So a stolen `aal1` token leaves nothing behind that outlives it.
 */

/** How recent a second factor, or a login without one, must be (RFC 9470 `max_age`). */
export const STEP_UP_MAX_AGE_SECONDS = 300;

/**
 * What can be granted, and whether a service may do so by itself, which cannot pass a second factor, or a user by a token
 * that is narrowed in scope or audience: its holder must not make more of it.
 */
const WITHIN_LIMITS = {
  /** Rights beyond the default role. */
  rights: false,
  /** What opens Fountain after the caller's own credential has ended: a service, a key, a webhook, a wrapped secret. */
  credential: false,
  /** An account with the default role, as provisioning needs. */
  account: true,
  /** A secret, within the service's own scopes: its value, storing, deleting and restoring it, and a new transit key. */
  secret: true,
  /** Whether an account or a key can be used at all, where no rights beyond the default role depend on it. */
  access: true,
  /** The user's own password, which must be shown to replace it. */
  password: false,
} as const;

export type Granted = keyof typeof WITHIN_LIMITS;

/** Who asks to grant something, from the claims of their verified token. */
export interface GrantApplicant {
  kind: "user" | "service" | "delegate";
  acr: "aal1" | "aal2";
  /** When they last authenticated, in seconds since the epoch; for `aal2`, when they passed the second factor. */
  authTimeSeconds: number;
  /** They have no second factor that they could pass. */
  factorless?: true | undefined;
  /** Their token may do less than they may, or at some workers only. */
  narrowed?: true | undefined;
}

/**
 * Why something may not be granted: a `delegate` never grants anything, a `service` and a `narrowed` token not this; a
 * user passes their `second-factor` first, or has none and needs a `fresh-login`.
 */
export type GrantRefusal = "delegate" | "service" | "narrowed" | "second-factor" | "fresh-login";

/** Why the applicant may not grant this; `undefined` if they may. */
export const refusalToGrant = (
  what: Granted,
  { kind, acr, authTimeSeconds, factorless, narrowed }: GrantApplicant,
  nowSeconds: number,
): GrantRefusal | undefined => {
  if (kind === "delegate") return "delegate";
  if (kind === "service") return WITHIN_LIMITS[what] ? undefined : "service";
  if (narrowed === true && !WITHIN_LIMITS[what]) return "narrowed";
  const isFresh = nowSeconds - authTimeSeconds <= STEP_UP_MAX_AGE_SECONDS;
  if (acr === "aal2" && isFresh) return undefined;
  if (factorless !== true) return "second-factor";
  // The current password, which is sent along, proves as much as a login.
  return isFresh || what === "password" ? undefined : "fresh-login";
};
