/** ID tokens that clients send back to say whom they mean (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2). */
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { z } from "zod";

/** Whom an ID token is about. */
export interface IdTokenHint {
  userId: string;
  clientId: string;
  /** The client's session. */
  sessionId: string;
}

/** `undefined`: it is no ID token of ours. One that has expired still says whom it was about. */
export type ReadIdTokenHint = (token: string) => Promise<IdTokenHint | undefined>;

const claims = z.object({ iss: z.string(), sub: z.string(), aud: z.string(), sid: z.string() });

const kidOf = (token: string): string | undefined => {
  try {
    return decodeProtectedHeader(token).kid;
  } catch {
    return undefined;
  }
};

export const createIdTokenHints =
  ({ issuer, published }: { issuer: string; published: () => Promise<JWK[]> }): ReadIdTokenHint =>
  async (token) => {
    const kid = kidOf(token);
    const key = kid === undefined ? undefined : (await published()).find((jwk) => jwk.kid === kid);
    if (!key) return undefined;
    try {
      const { payload } = await compactVerify(token, await importJWK(key, "RS256"), { algorithms: ["RS256"] });
      const { iss, sub, aud, sid } = claims.parse(JSON.parse(new TextDecoder().decode(payload)));
      return iss === issuer ? { userId: sub, clientId: aud, sessionId: sid } : undefined;
    } catch {
      return undefined;
    }
  };
