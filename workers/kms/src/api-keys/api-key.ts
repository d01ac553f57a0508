/**
 * API keys: `ftn_<id>_<secret>_<checksum>`, all of it base62. The checksum lets scanners distinguish a real key from text that
 * only looks like one, without asking; it protects nothing.
 */
import { crc32 } from "node:zlib";
import type { Scope } from "#shared/contracts/rights.ts";
import { hmac } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_CHARACTERS = 8;
/** 43 characters of base62 are 256.03 bits. */
const SECRET_CHARACTERS = 43;
/** Enough for 32 bits in base62. */
const CHECKSUM_CHARACTERS = 6;
/** Bytes from here up are thrown away, so that every character is equally likely. */
const UNBIASED_BYTES = 256 - (256 % BASE62.length);
const PATTERN = /^ftn_([0-9A-Za-z]{8})_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;

/** What is stored of a key: everything but the key. */
export interface ApiKey {
  id: string;
  service: string;
  name: string | null;
  scopes: Scope[];
  createdAt: Date;
  expiresAt: Date | null;
  /** From when on it is refused: the past or now for a revoked one, the end of its grace for a rotated one. */
  revokedAt: Date | null;
  /** What its tokens name as `sid`. Another one whenever they had to end, though the key lives. */
  sessionId: string;
  disabledAt: Date | null;
  disabledReason: DisabledReason | null;
  /** What it may be used from; `null`: anywhere. */
  allowedAddresses: string[] | null;
  /** To the minute; `null` when never. */
  lastUsedAt: Date | null;
}

/** A leaked key is known to others, and never enabled again. */
export const DISABLED_REASONS = ["operator", "leaked"] as const;
export type DisabledReason = (typeof DISABLED_REASONS)[number];

export interface StoredApiKey {
  apiKey: ApiKey;
  hash: string;
}

export const API_KEY_STATES = ["active", "grace", "disabled", "revoked", "expired"] as const;
export type ApiKeyState = (typeof API_KEY_STATES)[number];

const createCharacters = (count: number, randomBytes: RandomBytes): string => {
  let characters = "";
  while (characters.length < count) {
    for (const byte of randomBytes(count - characters.length))
      if (byte < UNBIASED_BYTES) characters += BASE62.charAt(byte % BASE62.length);
  }
  return characters;
};

const checksumOf = (text: string): string => {
  let rest = crc32(text);
  let digits = "";
  for (let place = 0; place < CHECKSUM_CHARACTERS; place += 1) {
    digits = BASE62.charAt(rest % BASE62.length) + digits;
    rest = Math.floor(rest / BASE62.length);
  }
  return digits;
};

/** The part of a key that may be shown: it finds the key, and opens nothing. */
export const prefixOf = (id: string): string => `ftn_${id}`;

export const hashApiKey = (macKey: Uint8Array, key: string): string => hmac(macKey, key);

/** A new key and its id. */
export const createApiKey = (randomBytes: RandomBytes): { id: string; key: string } => {
  const id = createCharacters(ID_CHARACTERS, randomBytes);
  const body = `${prefixOf(id)}_${createCharacters(SECRET_CHARACTERS, randomBytes)}`;
  return { id, key: `${body}_${checksumOf(body)}` };
};

const SESSION_CHARACTERS = 6;

/** Another `sid` for the tokens of a key: it begins with the key's id. */
export const renewSessionId = (keyId: string, randomBytes: RandomBytes): string =>
  `${keyId}.${createCharacters(SESSION_CHARACTERS, randomBytes)}`;

/** The id of the key whose tokens name this `sid`. */
export const keyIdOfSession = (sessionId: string): string => sessionId.split(".", 1).join();

/** The id in a well-formed key with a fitting checksum, else `undefined`. */
export const parseApiKeyId = (key: string): string | undefined => {
  const id = PATTERN.exec(key)?.[1];
  const end = key.length - CHECKSUM_CHARACTERS;
  return id !== undefined && checksumOf(key.slice(0, end - 1)) === key.slice(end) ? id : undefined;
};

/** When it ends by itself or by revocation, whichever is first; `null` when neither is known yet. */
export const endOfKey = ({ expiresAt, revokedAt }: ApiKey): Date | null => {
  if (expiresAt === null || revokedAt === null) return expiresAt ?? revokedAt;
  return expiresAt < revokedAt ? expiresAt : revokedAt;
};

export const stateOfKey = (key: ApiKey, nowMs: number): ApiKeyState => {
  if (key.revokedAt && key.revokedAt.getTime() <= nowMs) return "revoked";
  if (key.expiresAt && key.expiresAt.getTime() <= nowMs) return "expired";
  if (key.disabledAt) return "disabled";
  return key.revokedAt ? "grace" : "active";
};
