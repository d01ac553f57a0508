/** How passwords are kept: Argon2id (RFC 9106) under a pepper, bound to the user whose they are. */
import { timingSafeEqual } from "node:crypto";
import { macInContext } from "../crypto/mac.ts";
import { type Argon2idCost, type Cost, CURRENT_COST } from "../crypto/password-cost.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { HASH_BYTES, type SlowHash } from "../hashing/slow-hash.ts";
import { normalizePassword } from "./password-rules.ts";

const SALT_BYTES = 16;
interface StoredHash {
  cost: Cost;
  salt: Buffer;
  hash: Buffer;
}

/** A password hash as it stands beside its user. */
export interface KeptPassword {
  userId: string;
  hash: string;
}

export interface PasswordVerdict {
  matches: boolean;
  /** The hash was made at another cost than today's: store a new one. */
  isOutdated: boolean;
}

export interface Passwords {
  /** A PHC string, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`: all to verify it by but the pepper and the user's id. */
  hash(userId: string, password: string): Promise<string>;
  /** Takes as long as for a hash of today's cost when there is nothing to compare with, and then never matches. */
  verify(password: string, kept: KeptPassword | undefined): Promise<PasswordVerdict>;
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");

const formatHash = ({ m, t, p }: Argon2idCost, salt: Uint8Array, hash: Uint8Array): string =>
  `$argon2id$v=19$m=${m},t=${t},p=${p}$${encode(salt)}$${encode(hash)}`;

/** No longer than what {@link formatHash} makes, or made once. */
const ARGON2ID =
  /^\$argon2id\$v=19\$m=(?<m>\d{1,6}),t=(?<t>\d{1,2}),p=(?<p>\d{1,2})\$(?<salt>[\w+/]{22})\$(?<hash>[\w+/]{43})$/;
const SCRYPT =
  /^\$scrypt\$v=2\$ln=(?<ln>\d{1,2}),r=(?<r>\d{1,2}),p=(?<p>\d{1,2})\$(?<salt>[\w+/]{22})\$(?<hash>[\w+/]{43})$/;

const parseHash = (text: string): StoredHash => {
  const groups = (ARGON2ID.exec(text) ?? SCRYPT.exec(text))?.groups;
  if (!groups) throw new Error("a stored password hash has an unknown format");
  const { m, t, ln, r, p, salt = "", hash = "" } = groups;
  return {
    cost:
      m === undefined
        ? { algorithm: "scrypt", ln: Number(ln), r: Number(r), p: Number(p) }
        : { algorithm: "argon2id", m: Number(m), t: Number(t), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
};

const isSameCost = (one: Cost, other: Argon2idCost): boolean =>
  one.algorithm === other.algorithm && one.m === other.m && one.t === other.t && one.p === other.p;

export interface PasswordsOptions {
  pepper: Uint8Array;
  slowHash: Pick<SlowHash, "hash">;
  randomBytes: RandomBytes;
  cost?: Argon2idCost;
}

/**
 * Hashes and verifies under a pepper that is not in the database: a copy of it alone allows no guessing. The user's id is
 * hashed too: an attacker who can write the database cannot give another user the hash of a password they know.
 */
export const createPasswords = ({
  pepper,
  slowHash,
  randomBytes,
  cost = CURRENT_COST,
}: PasswordsOptions): Passwords => {
  const applyPepper = (password: string, userId: string): Buffer =>
    Buffer.from(macInContext(pepper, `password/${userId}`, normalizePassword(password)), "base64url");
  const nothingStored: StoredHash = {
    cost,
    salt: Buffer.alloc(SALT_BYTES),
    hash: Buffer.alloc(HASH_BYTES),
  };
  return {
    hash: async (userId, password) => {
      const salt = Buffer.from(randomBytes(SALT_BYTES));
      const secret = applyPepper(password, userId);
      const hash = Buffer.from(await slowHash.hash({ secret, salt, cost }));
      return formatHash(cost, salt, hash);
    },
    verify: async (password, kept) => {
      const known = kept === undefined ? nothingStored : parseHash(kept.hash);
      const secret = applyPepper(password, kept?.userId ?? "");
      const hash = await slowHash.hash({ secret, salt: known.salt, cost: known.cost });
      const isSame = known.hash.length === hash.length && timingSafeEqual(known.hash, hash);
      return { matches: isSame && kept !== undefined, isOutdated: !isSameCost(known.cost, cost) };
    },
  };
};
