/** DPoP proofs (RFC 9449 §4): a caller shows, for one request, that they hold the key that a token is bound to. */
import { calculateJwkThumbprint, decodeProtectedHeader, importJWK, jwtVerify } from "jose";
import { z } from "zod";
import { sha256 } from "../lang/digest.ts";
import { failure, type Result, success } from "../lang/result.ts";
import { canonicalPath } from "../policy/path.ts";

export const DPOP_HEADER = "dpop";
/** What proofs may be signed with: never with a secret that both sides have. */
export const DPOP_ALGORITHMS = ["ES256", "ES384", "EdDSA", "Ed25519", "PS256", "RS256"];
const PROOF_TYPE = "dpop+jwt";

/** How old a proof may be, and how far ahead a caller's clock. */
const MAX_AGE_SECONDS = 60;
const MAX_AHEAD_SECONDS = 15;
/** For how long a proof that was just accepted would be again, if no one remembered it. */
export const PROOF_LIFETIME_SECONDS = MAX_AGE_SECONDS + MAX_AHEAD_SECONDS;

const MAX_PROOF_CHARACTERS = 4_096;
const MAX_ID_CHARACTERS = 256;

/** A coordinate of P-384 at most. */
const coordinate = z.string().min(1).max(64);
/** RSA up to 4,096 bits with a small exponent: to verify a signature of more would cost too much. */
const modulus = z.string().min(1).max(683);
const exponent = z.string().min(1).max(6);
const publicKey = z.discriminatedUnion("kty", [
  z.object({ kty: z.literal("EC"), crv: z.enum(["P-256", "P-384"]), x: coordinate, y: coordinate }),
  z.object({ kty: z.literal("OKP"), crv: z.literal("Ed25519"), x: coordinate }),
  z.object({ kty: z.literal("RSA"), n: modulus, e: exponent }),
]);
/** Members of keys that are not public (RFC 7518 §6). */
const PRIVATE_MEMBERS = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];
const proofHeader = z.object({
  alg: z.enum(DPOP_ALGORITHMS),
  jwk: z
    .looseObject({})
    .refine((jwk) => PRIVATE_MEMBERS.every((name) => !(name in jwk)))
    .pipe(publicKey),
});
const proofClaims = z.object({
  jti: z.string().min(1).max(MAX_ID_CHARACTERS),
  htm: z.string(),
  htu: z.string(),
  iat: z.number(),
  ath: z.string().optional(),
});

/** The request that a proof must be for. */
export interface ProvenRequest {
  method: string;
  /** As callers know it; the query does not count. */
  url: string;
  /** The access token that comes with it; at the token endpoint there is none yet. */
  token?: string;
}

export interface Proof {
  /** SHA-256 thumbprint of the key (RFC 7638). */
  jkt: string;
  /** The same for every use of this proof, of which the caller must accept only one. */
  id: string;
}

/** Why a proof is not accepted; for the log alone. */
export type ProofFault = "proof-malformed" | "proof-invalid" | "proof-stale" | "proof-of-other-request";

/** A URL as equal ones are written (RFC 3986 §6.2.2, §6.2.3), without query and fragment; `undefined`: it is none of HTTP. */
const targetOf = (url: string): string | undefined => {
  const parsed = URL.parse(url);
  return parsed && /^https?:$/.test(parsed.protocol) ? parsed.origin + canonicalPath(parsed.href) : undefined;
};

const headerOf = (proof: string): z.infer<typeof proofHeader> | undefined => {
  if (proof.length > MAX_PROOF_CHARACTERS) return undefined;
  try {
    return proofHeader.safeParse(decodeProtectedHeader(proof)).data;
  } catch {
    return undefined;
  }
};

/** The claims of a proof that its own key has signed; `undefined`: they are none, or not signed so. */
const signedClaims = async (
  proof: string,
  { alg, jwk }: z.infer<typeof proofHeader>,
  nowMs: number,
): Promise<z.infer<typeof proofClaims> | undefined> => {
  try {
    const options = { algorithms: [alg], typ: PROOF_TYPE, currentDate: new Date(nowMs) };
    const { payload } = await jwtVerify(proof, await importJWK(jwk, alg), options);
    return proofClaims.safeParse(payload).data;
  } catch {
    return undefined;
  }
};

/**
 * Checks all of RFC 9449 §4.3 but for what the caller has to: that there is one header field, that the key is the token's,
 * and that the proof was not used before.
 */
export const verifyProof = async (
  proof: string,
  { method, url, token }: ProvenRequest,
  nowMs: number,
): Promise<Result<Proof, ProofFault>> => {
  const header = headerOf(proof);
  if (!header) return failure("proof-malformed");
  const claims = await signedClaims(proof, header, nowMs);
  if (!claims) return failure("proof-invalid");
  const target = targetOf(url);
  const isForRequest = claims.htm === method && target !== undefined && targetOf(claims.htu) === target;
  const isForToken = token === undefined || claims.ath === (await sha256(token));
  if (!isForRequest || !isForToken) return failure("proof-of-other-request");
  const ageSeconds = nowMs / 1000 - claims.iat;
  if (ageSeconds > MAX_AGE_SECONDS || ageSeconds < -MAX_AHEAD_SECONDS) return failure("proof-stale");
  const jkt = await calculateJwkThumbprint(header.jwk);
  return success({ jkt, id: `${jkt}.${claims.jti}` });
};
