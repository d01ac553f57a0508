/** The signing keys and revocations in force, read from the database at most once a second. */
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import type { Revocation, Trust } from "#shared/contracts/kms.ts";
import type { Sealer } from "./sealing.ts";
import { generateSigningKey, type Signer, type SigningKey, unwrapSigningKey } from "./signing-key.ts";

export const TRUST_MEMORY_MS = 1_000;
/** A revocation matters until the last token issued before it has expired; a minute more for clocks that differ. */
export const REVOCATION_RETENTION_MS = (LONGEST_TOKEN_SECONDS + 60) * 1000;

export interface TrustRecord {
  /** The current key first. */
  signingKeys: SigningKey[];
  revocations: Revocation[];
}

export interface TrustRepository {
  /** All verification keys, and the revocations in force since that instant or later. */
  read(since: Date): Promise<TrustRecord>;
  /** Makes this the current key of a ring that has none; does nothing when there is one. */
  insertFirstSigningKey(key: SigningKey): Promise<void>;
  /** Forgets revocations from before that instant. */
  purgeRevocations(before: Date): Promise<void>;
}

export interface KeyRing {
  /** What other workers verify tokens with. Fails with `WrongSecretKey`. */
  trust(): Promise<Trust>;
  /** The current signing key, created on first use. Fails with `WrongSecretKey`. */
  signer(): Promise<Signer>;
}

export interface KeyRingOptions {
  repository: TrustRepository;
  /** Opens the private halves. */
  wrapping: Sealer;
  now: () => number;
}

export const createKeyRing = ({ repository, wrapping, now }: KeyRingOptions): KeyRing => {
  const unwrapped = new Map<string, Signer>();
  let remembered: { record: TrustRecord; readAtMs: number } | undefined;

  const read = async (): Promise<TrustRecord> => {
    const readAtMs = now();
    if (remembered && readAtMs - remembered.readAtMs < TRUST_MEMORY_MS) return remembered.record;
    const since = new Date(readAtMs - REVOCATION_RETENTION_MS);
    let record = await repository.read(since);
    if (record.signingKeys.length === 0) {
      await repository.insertFirstSigningKey(await generateSigningKey(wrapping, new Date(readAtMs)));
      record = await repository.read(since);
    }
    remembered = { record, readAtMs };
    return record;
  };

  const signerOf = async ({ signingKeys: [current] }: TrustRecord): Promise<Signer> => {
    if (!current) throw new Error("a signing key was stored, but none is found");
    const known = unwrapped.get(current.kid);
    if (known) return known;
    const signer = await unwrapSigningKey(wrapping, current);
    unwrapped.set(current.kid, signer);
    return signer;
  };

  return {
    signer: async () => signerOf(await read()),
    trust: async () => {
      const record = await read();
      await signerOf(record);
      return { keys: record.signingKeys.map((key) => key.publicJwk), revocations: record.revocations };
    },
  };
};
