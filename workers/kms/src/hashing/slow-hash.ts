/**
 * The slow hash of passwords: Argon2id (RFC 9106), or scrypt (RFC 7914), which came before. Computed in this process, or by a
 * process beside it that knows no secret and serves nothing else.
 */
import { scrypt } from "node:crypto";
import type { Argon2idCost, Cost, ScryptCost } from "../crypto/password-cost.ts";
import { argon2id } from "./argon2id.ts";

export const HASH_BYTES = 32;
/** The current cost takes 19 MiB. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20;
/** Of passes and of lanes. */
const MAX_FACTOR = 16;

export interface SlowHashInput {
  /** What is hashed: not the password itself, but its HMAC under the pepper. */
  secret: Uint8Array;
  salt: Uint8Array;
  cost: Cost;
}

export interface SlowHash {
  /** How many can be computed at a time. */
  readonly lanes: number;
  /** How long a lane should stay free after each, for the other work of its thread. */
  readonly pauseMs: number;
  /** {@link HASH_BYTES} bytes. Throws `Unavailable` when they cannot be computed at the moment. */
  hash(input: SlowHashInput): Promise<Uint8Array>;
  /** Throws `Unavailable` when `hash` would. */
  probe(): Promise<void>;
}

const isFactor = (value: unknown): boolean =>
  Number.isInteger(value) && Number(value) > 0 && Number(value) <= MAX_FACTOR;

/** `undefined` when no password was ever hashed at this cost. */
const computeArgon2id = async (
  { secret, salt }: SlowHashInput,
  { m, t, p }: Argon2idCost,
): Promise<Uint8Array | undefined> => {
  // RFC 9106 §3.1: 8 blocks of 1 KiB for each lane, at least.
  if (![t, p].every(isFactor) || !Number.isInteger(m) || m < 8 * p || m * 1024 > MAX_MEMORY_BYTES) return undefined;
  return argon2id({ password: secret, salt, memorySize: m, passes: t, parallelism: p, tagLength: HASH_BYTES });
};

/** `undefined` when no password was ever hashed at this cost. */
const computeScrypt = async (
  { secret, salt }: SlowHashInput,
  { ln, r, p }: ScryptCost,
): Promise<Uint8Array | undefined> => {
  // RFC 7914 §6.
  const memoryBytes = 128 * 2 ** ln * r;
  if (![ln, r, p].every(isFactor) || memoryBytes > MAX_MEMORY_BYTES) return undefined;
  const options = { N: 2 ** ln, r, p, maxmem: 2 * memoryBytes };
  return new Promise((resolve, reject) =>
    scrypt(secret, salt, HASH_BYTES, options, (error, hash) => (error ? reject(error) : resolve(hash))),
  );
};

/** Rejects costs that no password was ever hashed at. Blocks the thread where the runtime has no other for it, as workerd. */
export const computeHash = async (input: SlowHashInput): Promise<Uint8Array> => {
  const { cost } = input;
  const hash = await (cost.algorithm === "argon2id" ? computeArgon2id(input, cost) : computeScrypt(input, cost));
  if (hash === undefined) throw new RangeError(`no password is hashed at ${JSON.stringify(cost)}`);
  return hash;
};

/** So that a burst of logins neither holds up token checks, nor lets waiting database calls run into their limit. */
const PAUSE_MS = 25;

/** Computes in this process, one at a time. */
export const createLocalSlowHash = (sleep: (ms: number) => Promise<void>): SlowHash => ({
  lanes: 1,
  pauseMs: PAUSE_MS,
  hash: async (input) => {
    const hash = await computeHash(input);
    // On the edge the clock stands still while the thread computes: a timer advances it.
    await sleep(0);
    return hash;
  },
  probe: async () => undefined,
});

/** As it goes over the socket: JSON, bytes as base64. */
export const formatInput = ({ secret, salt, cost }: SlowHashInput): string =>
  JSON.stringify({ secret: Buffer.from(secret).toString("base64"), salt: Buffer.from(salt).toString("base64"), cost });

/** Throws on what {@link formatInput} does not make. */
export const parseInput = (text: string): SlowHashInput => {
  const { secret, salt, cost }: { secret: string; salt: string; cost: Cost } = JSON.parse(text);
  return { secret: Buffer.from(secret, "base64"), salt: Buffer.from(salt, "base64"), cost };
};
