/** How passwords are kept: scrypt (RFC 7914) under a pepper, bound to the user whose they are. */
import { timingSafeEqual } from "node:crypto";
import { macInContext } from "../crypto/mac.ts";
import { type Cost, CURRENT_COST } from "../crypto/password-cost.ts";
import type { RandomBytes } from "../crypto/random.ts";
import { HASH_BYTES, type SlowHash } from "../hashing/slow-hash.ts";
import { normalizePassword } from "./password-rules.ts";

const SALT_BYTES = 16;
/** Stands in every hash, so that another format can be distinguished. */
const VERSION = 2;

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
  /** `$scrypt$v=2$ln=14,r=8,p=5$salt$hash`, all that is needed to verify it but the pepper and the user's id. */
  hash(userId: string, password: string): Promise<string>;
  /** Takes the same time when there is nothing stored to compare with, and then never matches. */
  verify(password: string, kept: KeptPassword | undefined): Promise<PasswordVerdict>;
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");

const formatHash = ({ cost, salt, hash }: StoredHash): string =>
  `$scrypt$v=${VERSION}$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(hash)}`;

const FORMAT = /^\$scrypt\$v=2\$ln=(?<ln>\d+),r=(?<r>\d+),p=(?<p>\d+)\$(?<salt>[\w+/]+)\$(?<hash>[\w+/]+)$/;

const parseHash = (text: string): StoredHash => {
  const groups = FORMAT.exec(text)?.groups;
  if (!groups) throw new Error("a stored password hash has an unknown format");
  const { ln, r, p, salt = "", hash = "" } = groups;
  return {
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
};

const isSameCost = (one: Cost, other: Cost): boolean => one.ln === other.ln && one.r === other.r && one.p === other.p;

export interface PasswordsOptions {
  pepper: Uint8Array;
  slowHash: Pick<SlowHash, "hash">;
  randomBytes: RandomBytes;
  cost?: Cost;
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
      return formatHash({ cost, salt, hash });
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
