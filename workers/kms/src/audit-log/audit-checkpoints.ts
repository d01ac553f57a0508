/**
 * Checkpoints: signed statements of how far the chain of audit entries had come. Kept elsewhere they show what happened to
 * the database afterwards, even to those who do not have SECRET_KEY, and even if it was changed with SECRET_KEY.
 */
import { compactVerify, decodeJwt, importJWK, type JWK, SignJWT } from "jose";
import { CHECKPOINT_TYPE } from "../audit/canonical-text.ts";
import type { Signer } from "../tokens/signing-key.ts";
import type { ChainPlace } from "./audit-chain.ts";

const CHECKPOINT_EVERY_ENTRIES = 1_000;
const CHECKPOINT_EVERY_MS = 60 * 1000;
/** Later on one checkpoint an hour, and in every {@link CHECKPOINT_EVERY_ENTRIES} entries, is enough. */
const ALL_CHECKPOINTS_FOR_MS = 7 * 24 * 60 * 60 * 1000;

/** The claims: an entry, its place in the chain, and so all before it. */
export interface CheckpointClaims {
  iss: string;
  iat: number;
  /** The id of the entry, which is how many there were. */
  entries: number;
  link: string;
  seal: string;
  /** Only in the one that is made for the last line of an export, so that it cannot be cut off at another one. */
  end?: true;
}

/** What the claims say of its place; `undefined` when they are about another entry, or none. */
export const placeIn = ({ entryId, jws }: Checkpoint): ChainPlace | undefined => {
  try {
    const { entries, link, seal } = decodeJwt<Partial<CheckpointClaims>>(jws);
    return entries === entryId && link !== undefined && seal !== undefined ? { id: entryId, link, seal } : undefined;
  } catch {
    return undefined;
  }
};

/** Whether the key beside it has signed it. A shared secret is not published, so that its signature cannot be checked. */
export const isSigned = async ({ jws, publicJwk }: Checkpoint): Promise<boolean> => {
  if (publicJwk["kty"] === "oct") return true;
  try {
    const { protectedHeader } = await compactVerify(jws, await importJWK(publicJwk));
    return protectedHeader.typ === CHECKPOINT_TYPE;
  } catch {
    return false;
  }
};

/** The public members of a JWK, all of them text. */
export type PublicJwk = Record<string, string>;

export interface Checkpoint {
  entryId: number;
  at: Date;
  /** A compact JWS (RFC 7515). */
  jws: string;
  /** The public key it is signed with, for when that has long left the key ring. */
  publicJwk: PublicJwk;
}

/** Where checkpoints are read. */
export interface CheckpointReader {
  /** Oldest first, from the one after that entry. */
  list(limit: number, afterEntryId: number): Promise<Checkpoint[]>;
}

export interface CheckpointStore {
  latest(): Promise<Checkpoint | undefined>;
  /** The last entry linked. */
  readHead(): Promise<ChainPlace | undefined>;
  /** Unless there is one of this entry or a later one; false: there is. */
  insert(checkpoint: Checkpoint): Promise<boolean>;
  /** Leaves, of those made before that instant, the last of every hour and of every so many entries. */
  thin(madeBefore: Date, everyEntries: number): Promise<void>;
}

/** The last entry linked, and the last checkpoint, as they were a moment ago. */
export interface SeenChain {
  headId: number;
  latest: Checkpoint | undefined;
}

export interface Checkpoints {
  /** States the place of an entry whose seal was found to be ours; `end`: as that of the last one of an export. */
  sign(place: ChainPlace, end?: "end"): Promise<Checkpoint>;
  /**
   * Makes and keeps one of the last entry, when it is time or at once; two at once make one. The database is asked only if
   * one is due as the chain was seen.
   */
  makeDue(isUrgent: boolean, seen: SeenChain): Promise<void>;
  /** Forgets those that are close together and old. */
  thin(): Promise<void>;
}

export interface CheckpointsOptions {
  store: CheckpointStore;
  issuer: string;
  signer: () => Promise<Signer>;
  /** The public half of a signing key. */
  publicJwkOf: (kid: string) => Promise<JWK>;
  isOurs: (place: ChainPlace) => boolean;
  /** Called with every checkpoint that is kept. */
  onCheckpoint: (checkpoint: Checkpoint) => void;
  now: () => number;
}

/** What of a key may be seen (RFC 7517 §4, RFC 7518 §6, RFC 8037 §2): of a shared secret nothing but its name. */
const publicMembers = ({ kty, kid, alg, use, crv, x, y, n, e }: JWK): PublicJwk =>
  Object.fromEntries(
    Object.entries({ kty, kid, alg, use, crv, x, y, n, e }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    ),
  );

export const createCheckpoints = (options: CheckpointsOptions): Checkpoints => {
  const { store, issuer, signer, publicJwkOf, isOurs, onCheckpoint, now } = options;

  const sign: Checkpoints["sign"] = async ({ id, link, seal }, end) => {
    const { kid, algorithm, privateKey } = await signer();
    const at = new Date(now());
    const claims: CheckpointClaims = { iss: issuer, iat: Math.floor(at.getTime() / 1000), entries: id, link, seal };
    const jws = await new SignJWT({ ...claims, ...(end && { end: true }) })
      .setProtectedHeader({ alg: algorithm, kid, typ: CHECKPOINT_TYPE })
      .sign(privateKey);
    return { entryId: id, at, jws, publicJwk: publicMembers(await publicJwkOf(kid)) };
  };

  const isDue = ({ headId, latest }: SeenChain, isUrgent: boolean): boolean =>
    latest === undefined ||
    headId >= latest.entryId + CHECKPOINT_EVERY_ENTRIES ||
    (headId > latest.entryId && (isUrgent || now() >= latest.at.getTime() + CHECKPOINT_EVERY_MS));

  return {
    sign,
    thin: () => store.thin(new Date(now() - ALL_CHECKPOINTS_FOR_MS), CHECKPOINT_EVERY_ENTRIES),
    makeDue: async (isUrgent, seen) => {
      if (!isDue(seen, isUrgent)) return;
      const [head, latest] = await Promise.all([store.readHead(), store.latest()]);
      if (!head || !isDue({ headId: head.id, latest }, isUrgent) || !isOurs(head)) return;
      const checkpoint = await sign(head);
      if (await store.insert(checkpoint)) onCheckpoint(checkpoint);
    },
  };
};
