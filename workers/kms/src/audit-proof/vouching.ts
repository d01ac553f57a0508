/** Whether a checkpoint was signed by a key of the kms, and says what stands beside it. */
import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from "jose";
import { CHECKPOINT_TYPE } from "../audit/canonical-text.ts";
import type { ExportedCheckpoint } from "./exported-entry.ts";

/** Those with a public key. A checkpoint under a shared secret proves nothing to anyone who can read the secret. */
const ALGORITHMS = ["EdDSA", "ES256", "RS256"];

/** By their ids. */
export type Keys = ReadonlyMap<string, JWK>;

/** Which keys may have signed. */
export interface Trust {
  /** Those that the reader knows from elsewhere: no other is trusted. */
  trustedKeys?: Keys | undefined;
  /** Those that are published now: the last checkpoint is by one of them, which vouches for all before it. */
  publishedKeys?: Keys | undefined;
}

export interface Vouched {
  link: string;
  kid: string;
  /** Whether it was made for the last line of an export. */
  isEnd: boolean;
}

/** What the checkpoint states; `undefined` if its signature is invalid or not by a trusted key. */
export const readCheckpoint = async (
  { jws, publicJwk, entries }: ExportedCheckpoint,
  { trustedKeys, publishedKeys }: Trust,
): Promise<Vouched | undefined> => {
  try {
    const { kid = "" } = decodeProtectedHeader(jws);
    const jwk = trustedKeys ? trustedKeys.get(kid) : (publishedKeys?.get(kid) ?? publicJwk);
    if (jwk === undefined) return undefined;
    const { payload, protectedHeader } = await compactVerify(jws, await importJWK(jwk), { algorithms: ALGORITHMS });
    const claims: { entries?: unknown; link?: unknown; end?: unknown } = JSON.parse(new TextDecoder().decode(payload));
    const isAsSaid = protectedHeader.typ === CHECKPOINT_TYPE && claims.entries === entries;
    if (!isAsSaid || typeof claims.link !== "string") return undefined;
    return { link: claims.link, kid, isEnd: claims.end === true };
  } catch {
    return undefined;
  }
};
