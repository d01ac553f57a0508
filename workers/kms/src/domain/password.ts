/** How passwords are kept: scrypt (RFC 7914) under a pepper, bound to the user whose they are. */
import { createHmac, scrypt, timingSafeEqual } from "node:crypto";
import { macInContext } from "./mac.ts";
import { normalizePassword } from "./password-rules.ts";
import type { RandomBytes } from "./random.ts";

const SALT_BYTES = 16;
const HASH_BYTES = 32;
/** The format of hashes that know their user; those of the first one do not, and tell no version. */
const BOUND = 2;
const UNBOUND = 1;

interface Cost {
  /** log2 of N. */
  ln: number;
  r: number;
  p: number;
}

/** N·r·p = 655,360; Cloudflare allows up to 2^20. OWASP's equivalent of N = 2^17, r = 8, p = 1 with less memory. */
export const CURRENT_COST: Cost = { ln: 14, r: 8, p: 5 };

interface StoredHash {
  version: number;
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
  /** The hash was made at another cost than today's, or is of a format that does not know its user: store a new one. */
  isOutdated: boolean;
}

export interface Passwords {
  /** `$scrypt$v=2$ln=14,r=8,p=5$salt$hash`, all that is needed to verify it but the pepper and the user's id. */
  hash(userId: string, password: string): Promise<string>;
  /** Takes the same time when there is nothing stored to compare with, and then never matches. */
  verify(password: string, kept: KeptPassword | undefined): Promise<PasswordVerdict>;
}

const encode = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64").replaceAll("=", "");

const formatHash = ({ version, cost, salt, hash }: StoredHash): string =>
  `$scrypt$v=${version}$ln=${cost.ln},r=${cost.r},p=${cost.p}$${encode(salt)}$${encode(hash)}`;

const FORMAT =
  /^\$scrypt(?:\$v=(?<version>2))?\$ln=(?<ln>\d+),r=(?<r>\d+),p=(?<p>\d+)\$(?<salt>[\w+/]+)\$(?<hash>[\w+/]+)$/;

const parseHash = (text: string): StoredHash => {
  const groups = FORMAT.exec(text)?.groups;
  if (!groups) throw new Error("a stored password hash has an unknown format");
  const { version = UNBOUND, ln, r, p, salt = "", hash = "" } = groups;
  return {
    version: Number(version),
    cost: { ln: Number(ln), r: Number(r), p: Number(p) },
    salt: Buffer.from(salt, "base64"),
    hash: Buffer.from(hash, "base64"),
  };
};

const isSameCost = (one: Cost, other: Cost): boolean => one.ln === other.ln && one.r === other.r && one.p === other.p;

const stretch = (secret: Buffer, salt: Uint8Array, { ln, r, p }: Cost): Promise<Buffer> =>
  new Promise((resolve, reject) => {
    const memoryBytes = 128 * 2 ** ln * r;
    scrypt(secret, salt, HASH_BYTES, { N: 2 ** ln, r, p, maxmem: 2 * memoryBytes }, (error, hash) =>
      error ? reject(error) : resolve(hash),
    );
  });

/**
 * Hashes and verifies under a pepper that is not in the database: a copy of it alone allows no guessing. The user's id is
 * hashed along: whoever can write the database cannot give another user the hash of a password he knows.
 */
export const createPasswords = (pepper: Uint8Array, randomBytes: RandomBytes, cost = CURRENT_COST): Passwords => {
  const season = (password: string, userId: string, version: number): Buffer => {
    const text = normalizePassword(password);
    return version === UNBOUND
      ? createHmac("sha256", pepper).update(text, "utf8").digest()
      : Buffer.from(macInContext(pepper, `password/${userId}`, text), "base64url");
  };
  const nobody: StoredHash = {
    version: BOUND,
    cost,
    salt: Buffer.alloc(SALT_BYTES),
    hash: Buffer.alloc(HASH_BYTES),
  };
  return {
    hash: async (userId, password) => {
      const salt = Buffer.from(randomBytes(SALT_BYTES));
      const hash = await stretch(season(password, userId, BOUND), salt, cost);
      return formatHash({ version: BOUND, cost, salt, hash });
    },
    verify: async (password, kept) => {
      const known = kept === undefined ? nobody : parseHash(kept.hash);
      const hash = await stretch(season(password, kept?.userId ?? "", known.version), known.salt, known.cost);
      const isSame = known.hash.length === hash.length && timingSafeEqual(known.hash, hash);
      const isOutdated = known.version !== BOUND || !isSameCost(known.cost, cost);
      return { matches: isSame && kept !== undefined, isOutdated };
    },
  };
};
