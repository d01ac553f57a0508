/**
 * ID tokens (OpenID Connect Core §2): say to a client who has logged in, and how. They are signed with RS256, which every relying
 * party knows (§15.1), by keys of their own that verify no access token.
 */
import { createHash } from "node:crypto";
import { SignJWT } from "jose";
import { type IdentityScope, isIdentityScope } from "#shared/contracts/rights.ts";
import type { Profile, UserStore } from "../accounts/user.ts";
import type { Session } from "../sessions/session.ts";
import { type ScopedToken, toSeconds } from "../tokens/access-token.ts";
import type { KeyRing } from "../tokens/key-ring.ts";

/** A client reads it at once. */
const TTL_SECONDS = 5 * 60;

/** What a client may learn of a person (OpenID Connect Core §5.1): as much as they have let it. */
export interface IdentityClaims {
  sub: string;
  preferred_username?: string;
  email?: string;
  email_verified?: boolean;
}

/** No client may take an address that is not verified for the person's. */
export const identityClaims = (
  { id, username, email, emailVerifiedAt }: Profile,
  scopes: readonly IdentityScope[],
): IdentityClaims => ({
  sub: id,
  ...(scopes.includes("profile") && { preferred_username: username }),
  ...(scopes.includes("email") && email !== null && { email, email_verified: emailVerifiedAt !== null }),
});

export interface WantedIdToken {
  session: Session;
  access: ScopedToken;
  /** Of the request, where it was sent with one. */
  nonce?: string | undefined;
}

/** `undefined`: the client may not know who the person is, or there is no such person any more. */
export type IdTokenFor = (wanted: WantedIdToken) => Promise<string | undefined>;

export interface IdTokenOptions {
  users: Pick<UserStore, "findById">;
  issuer: string;
  signer: KeyRing["signer"];
  now: () => number;
}

/** The left half of the hash that goes with RS256 (OpenID Connect Core §3.1.3.6). */
const halfHash = (text: string): string =>
  createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");

export const createIdTokens =
  ({ users, issuer, signer, now }: IdTokenOptions): IdTokenFor =>
  async ({ session, access, nonce }) => {
    const scopes = access.scope.split(" ").filter(isIdentityScope);
    const user = scopes.includes("openid") ? await users.findById(session.userId) : undefined;
    if (!user) return undefined;
    const { kid, algorithm, privateKey } = await signer();
    const nowSeconds = toSeconds(now());
    return new SignJWT({
      iss: issuer,
      ...identityClaims(user, scopes),
      aud: session.clientId,
      azp: session.clientId,
      exp: nowSeconds + TTL_SECONDS,
      iat: nowSeconds,
      auth_time: toSeconds(session.authenticatedAt),
      acr: session.acr,
      amr: session.amr,
      sid: session.id,
      at_hash: halfHash(access.accessToken),
      ...(nonce !== undefined && { nonce }),
    })
      .setProtectedHeader({ alg: algorithm, kid, typ: "JWT" })
      .sign(privateKey);
  };
