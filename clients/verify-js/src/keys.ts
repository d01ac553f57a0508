/** The public keys of Fountain, and the signature of a token by one of them. */
import { createLocalJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import { createFollowed, type FollowedOptions } from "./followed.ts";
import { cannotVerify, Refusal, tokenRefused } from "./refusal.ts";

/** What Fountain signs with (RFC 8725 §3.1): no shared secrets, and no `none`. */
const ALGORITHMS = ["EdDSA", "ES256", "RS256"];
const TOKEN_TYPE = "at+jwt";
/** Fountain issues no longer token. */
const MAX_TOKEN_CHARACTERS = 8_192;
/** A key that was revoked is refused after a minute at the latest. */
const FRESH_MS = 30_000;
const USABLE_MS = 60_000;
/** How often a token with a key that is not known makes the keys be requested. */
const UNKNOWN_KEY_MS = 5_000;

export interface SignatureOptions extends Pick<FollowedOptions<JWTVerifyGetKey>, "url" | "onError" | "fetch" | "now"> {
  issuer: string;
  audience: readonly string[];
}

/** The claims of a token. Throws a refusal where it is not one of this issuer's for this audience that is valid now. */
export type VerifySignature = (token: string) => Promise<JWTPayload>;

const isKeySet = (value: unknown): value is { keys: Record<string, unknown>[] } =>
  typeof value === "object" && value !== null && "keys" in value && Array.isArray(value.keys);

export const createSignatureVerifier = ({ issuer, audience, now, ...options }: SignatureOptions): VerifySignature => {
  const currentKeys = createFollowed<JWTVerifyGetKey>({
    ...options,
    now,
    freshMs: FRESH_MS,
    usableMs: USABLE_MS,
    load: async (get) => {
      const keySet = await get("/.well-known/jwks.json");
      if (!isKeySet(keySet)) throw new Error("/.well-known/jwks.json is not a key set");
      return createLocalJWKSet(keySet);
    },
  });

  const verifyWith = async (token: string, keys: JWTVerifyGetKey | undefined): Promise<JWTPayload> => {
    if (keys === undefined) throw cannotVerify("the keys at /.well-known/jwks.json are not known");
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      typ: TOKEN_TYPE,
      issuer,
      audience: [...audience],
      requiredClaims: ["exp", "iat", "sub", "jti"],
      currentDate: new Date(now()),
    });
    return payload;
  };

  return async (token) => {
    if (token.length > MAX_TOKEN_CHARACTERS) throw tokenRefused("too long");
    try {
      return await verifyWith(token, await currentKeys()).catch(async (error: unknown) => {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        return verifyWith(token, await currentKeys(UNKNOWN_KEY_MS));
      });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      // Its message names the claim or parameter at fault, and no value.
      if (error instanceof errors.JOSEError) throw tokenRefused(`${error.code}: ${error.message}`);
      throw cannotVerify(`a key at /.well-known/jwks.json is not understood: ${error}`);
    }
  };
};
