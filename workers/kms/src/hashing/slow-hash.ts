/**
 * The slow hash of passwords, scrypt (RFC 7914): computed in this process, or by a process beside it that knows no secret
 * and serves nothing else.
 */
import { scrypt } from "node:crypto";
import type { Cost } from "../crypto/password-cost.ts";

export const HASH_BYTES = 32;
/** 128·N·r bytes (RFC 7914 §6): the current cost takes 16 MiB. */
const MAX_MEMORY_BYTES = 64 * 2 ** 20;
const MAX_P = 16;

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

const memoryBytes = ({ ln, r }: Cost): number => 128 * 2 ** ln * r;

const isPositive = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 0;

/** Rejects costs that no password was ever hashed at. Blocks the thread where the runtime has no other for it, as workerd. */
export const computeHash = ({ secret, salt, cost }: SlowHashInput): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const { ln, r, p } = cost;
    if (![ln, r, p].every(isPositive) || p > MAX_P || memoryBytes(cost) > MAX_MEMORY_BYTES) {
      reject(new RangeError(`no password is hashed at ln=${ln}, r=${r}, p=${p}`));
      return;
    }
    const options = { N: 2 ** ln, r, p, maxmem: 2 * memoryBytes(cost) };
    scrypt(secret, salt, HASH_BYTES, options, (error, hash) => (error ? reject(error) : resolve(hash)));
  });

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
