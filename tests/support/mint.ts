/** Signs access tokens with the installation's own key, so that a test can make one with exactly one thing wrong. */
import { SignJWT } from "jose";
import { TOKEN_TYPE } from "../../shared/contracts/access-token.ts";
import { createSealer } from "../../workers/kms/src/crypto/sealing.ts";
import { unwrapSigningKey } from "../../workers/kms/src/tokens/signing-key.ts";
import type { Fountain } from "./harness.ts";
import { keysOf, randomBytes } from "./kms.ts";
import { testClaims } from "./tokens.ts";

/** What the harness's installations call themselves. */
export const ISSUER = "http://localhost:8787";

export interface Mint {
  /** The current key's id. */
  kid: string;
  /** The administrator's user id. */
  userId: string;
  /** A token of now for the administrator, with some claims and header parameters replaced; `undefined` removes one. */
  sign(claims?: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>;
}

/** A mint with the current signing key of an installation that has one, and its administrator. */
export const openMint = async (fountain: Fountain): Promise<Mint> => {
  const stored = await fountain.databases["kms"]?.execute({
    sql: `SELECT signing_keys.*, users.id AS user_id FROM signing_keys, users
      WHERE signing_keys.purpose = 'access-token' AND signing_keys.state = 'current' AND users.username = ?`,
    args: [fountain.adminUsername],
  });
  const row = stored?.rows[0];
  if (!row) throw new Error("this installation has no signing key or no user yet");
  const userId = String(row["user_id"]);
  const wrapping = createSealer((await keysOf(fountain)).signingKeyWrapping, randomBytes);
  const { kid, algorithm, privateKey } = await unwrapSigningKey(wrapping, {
    kid: String(row["kid"]),
    wrappedPrivateJwk: String(row["wrapped_private_jwk"]),
  });
  return {
    kid,
    userId,
    sign: (claims, header) =>
      new SignJWT(testClaims(ISSUER, Math.floor(Date.now() / 1000), { sub: userId, ...claims }))
        .setProtectedHeader({ alg: algorithm, typ: TOKEN_TYPE, kid, ...header })
        .sign(privateKey),
  };
};
