/** Whether a checkpoint was signed by a key of the kms, and says what stands beside it. */
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { z } from "zod";
import { CHECKPOINT_TYPE } from "../../workers/kms/src/audit-log/audit-checkpoints.ts";
import type { ExportedCheckpoint } from "./lines.ts";

/** Those with a public key. A checkpoint under a shared secret proves nothing to anyone who can read the secret. */
const ALGORITHMS = ["EdDSA", "ES256", "RS256"];

const claimsSchema = z.object({ entries: z.int(), link: z.string(), iat: z.int(), end: z.literal(true).optional() });

/** The key with that id that the reader trusts; `undefined`: none is given, and the checkpoint brings its own. */
export type TrustedKeys = ReadonlyMap<string, JWK> | undefined;

export interface Vouched {
  entries: number;
  link: string;
  kid: string;
  /** Whether it was made for the last line of an export. */
  isEnd: boolean;
}

/** What the checkpoint states; `undefined` if its signature is invalid or not by a trusted key. */
export const readCheckpoint = async (
  { jws, publicJwk, entries }: ExportedCheckpoint,
  trusted: TrustedKeys,
): Promise<Vouched | undefined> => {
  try {
    const { kid = "" } = decodeProtectedHeader(jws);
    const jwk = trusted ? trusted.get(kid) : publicJwk;
    if (jwk === undefined) return undefined;
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(jwk), { algorithms: ALGORITHMS });
    const claims = claimsSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    const isAsSaid = protectedHeader.typ === CHECKPOINT_TYPE && claims.entries === entries;
    return isAsSaid ? { entries, link: claims.link, kid, isEnd: claims.end === true } : undefined;
  } catch {
    return undefined;
  }
};
