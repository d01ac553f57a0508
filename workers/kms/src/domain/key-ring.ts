/** The signing keys and revocations in force, read from the database at most once a second. */
import { LONGEST_TOKEN_SECONDS } from "#shared/contracts/access-token.ts";
import type { Trust } from "#shared/contracts/kms.ts";
import { toSeconds } from "./access-token.ts";
import { createRevocationLog, type RevocationNews } from "./revocation-log.ts";
import type { Sealer } from "./sealing.ts";
import { generateSigningKey, type Signer, type SigningKey, unwrapSigningKey } from "./signing-key.ts";

export const TRUST_MEMORY_MS = 1_000;
/** A revocation matters until the last token issued before it has expired; a minute more for clocks that differ. */
export const REVOCATION_RETENTION_MS = (LONGEST_TOKEN_SECONDS + 60) * 1000;
const PRUNE_EVERY_MS = 60_000;

export interface TrustRecord {
  /** The current key first. */
  signingKeys: SigningKey[];
  news: RevocationNews;
}

export interface TrustRepository {
  /** All verification keys, and, of the revocations in force since that instant or later, those after the position. */
  read(position: number, since: Date): Promise<TrustRecord>;
  /** Makes this the current key of a ring that has none; does nothing when there is one. */
  insertFirstSigningKey(key: SigningKey): Promise<void>;
  /** Forgets revocations from before that instant. */
  purgeRevocations(before: Date): Promise<void>;
}

export interface KeyRing {
  /** What other workers verify tokens with, and what was revoked since that position. Fails with `WrongSecretKey`. */
  trust(position?: number): Promise<Trust>;
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
  const log = createRevocationLog();
  let pruneAtMs = now() + PRUNE_EVERY_MS;
  let remembered: { signingKeys: SigningKey[]; readAtMs: number } | undefined;

  /** The keys as they are stored; the log is brought up to date with them. */
  const readStored = async (): Promise<SigningKey[]> => {
    for (;;) {
      const { signingKeys, news } = await repository.read(log.position(), new Date(now() - REVOCATION_RETENTION_MS));
      if (news.lastPosition < news.askedFrom) remembered = undefined;
      log.add(news);
      if (!news.hasMore && log.position() >= news.lastPosition) return signingKeys;
    }
  };

  const prune = (): void => {
    if (now() < pruneAtMs) return;
    pruneAtMs = now() + PRUNE_EVERY_MS;
    log.prune(toSeconds(now() - REVOCATION_RETENTION_MS));
  };

  /** What was read a moment ago will do, unless somebody has heard of more already. */
  const read = async (position = 0): Promise<SigningKey[]> => {
    const readAtMs = now();
    if (remembered && readAtMs - remembered.readAtMs < TRUST_MEMORY_MS && position <= log.position())
      return remembered.signingKeys;
    let signingKeys = await readStored();
    if (signingKeys.length === 0) {
      await repository.insertFirstSigningKey(await generateSigningKey(wrapping, new Date(readAtMs)));
      signingKeys = await readStored();
    }
    prune();
    remembered = { signingKeys, readAtMs };
    return signingKeys;
  };

  const signerOf = async ([current]: SigningKey[]): Promise<Signer> => {
    if (!current) throw new Error("a signing key was stored, but none is found");
    const known = unwrapped.get(current.kid);
    if (known) return known;
    const signer = await unwrapSigningKey(wrapping, current);
    unwrapped.set(current.kid, signer);
    return signer;
  };

  return {
    signer: async () => signerOf(await read()),
    trust: async (position) => {
      const signingKeys = await read(position);
      await signerOf(signingKeys);
      return { keys: signingKeys.map((key) => key.publicJwk), ...log.since(position) };
    },
  };
};
