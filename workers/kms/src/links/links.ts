/**
 * Single-use links, and codes to type instead: mailed, or shown once. A token is opaque, `ftl_` and 256 bits; only a keyed hash of
 * it is stored, which is bound to what the link is for. A grant for a link consumes it first, by one conditional
 * statement in the same transaction.
 */

import { macInContext } from "../crypto/mac.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { Sealer } from "../crypto/sealing.ts";
import type { StoredMail } from "../mails/mails.ts";

export type LinkPurpose =
  | "password-reset"
  | "email-verification"
  | "invitation"
  | "sign-up"
  | "recovery"
  | "first-login";

const PREFIX = "ftl_";
const SECRET_BYTES = 32;
const PATTERN = /^ftl_[\w-]{43}$/;
const CODE_DIGITS = 8;
/** Six bytes, of which codes are made, favour none of 10^8 codes by more than a millionth. */
const CODE_BYTES = 6;
/** Wrong codes that a link survives as a code; as a link it survives any number. */
export const MAX_CODE_TRIES = 5;

export interface NewLink {
  purpose: LinkPurpose;
  /** Whose account it is for; `null`: one that does not exist yet. */
  userId: string | null;
  /** The subject that has it made for another person. */
  createdBy?: string | undefined;
  /** Whether a code can be typed instead. */
  hasCode?: boolean;
  /** What belongs to it, as JSON. */
  payload?: unknown;
  ttlMs: number;
}

/** A link ready for storage. */
export interface StoredLink {
  id: string;
  purpose: LinkPurpose;
  tokenHash: string;
  codeHash: string | null;
  userId: string | null;
  createdBy: string | null;
  sealed: string | null;
  createdAt: Date;
  expiresAt: Date;
}

/** A link with the mail that it goes out in: stored together, or not at all. */
export interface Letter {
  link: StoredLink;
  mail: StoredMail;
}

export interface LinkStore {
  /** The first link with one of these hashes that has not expired. */
  find(tokenHashes: readonly string[], at: Date): Promise<StoredLink | undefined>;
  findById(id: string, at: Date): Promise<StoredLink | undefined>;
  /** Those of a purpose that have not expired, the oldest first, after the one with this id. */
  list(purpose: LinkPurpose, at: Date, limit: number, afterId: string | undefined): Promise<StoredLink[]>;
  purge(at: Date): Promise<void>;
}

export interface Links {
  /** Makes a link for `insertLink`; token and code are shown here only. */
  create(link: NewLink): Promise<{ stored: StoredLink; token: string; code: string }>;
  /** The unexpired link of this token, if it is for one of these purposes. */
  find(purposes: readonly LinkPurpose[], token: string): Promise<StoredLink | undefined>;
  findById(id: string): Promise<StoredLink | undefined>;
  /** What a code of this user is stored as. */
  codeHashOf(purpose: LinkPurpose, userId: string, code: string): string;
  /** What belongs to the link. Throws where it was stored with another link, or changed. */
  payloadOf(link: Pick<StoredLink, "id" | "sealed">): Promise<unknown>;
  purge(): Promise<void>;
}

export interface LinksOptions {
  store: Pick<LinkStore, "find" | "findById" | "purge">;
  key: Uint8Array;
  sealer: Sealer;
  randomBytes: RandomBytes;
  now: () => number;
  createId: () => string;
}

const contextOf = (id: string): string => `links/${id}/sealed`;

export const createLinks = ({ store, key, sealer, randomBytes, now, createId }: LinksOptions): Links => {
  const tokenHashOf = (purpose: LinkPurpose, token: string): string =>
    macInContext(key, `links/${purpose}/token`, token);
  const codeHashOf = (purpose: LinkPurpose, userId: string, code: string): string =>
    macInContext(key, `links/${purpose}/code/${userId}`, code);

  const createCode = (): string =>
    String(Buffer.from(randomBytes(CODE_BYTES)).readUIntBE(0, CODE_BYTES) % 10 ** CODE_DIGITS).padStart(
      CODE_DIGITS,
      "0",
    );

  return {
    create: async ({ purpose, userId, createdBy, hasCode = false, payload, ttlMs }) => {
      const id = createId();
      const token = PREFIX + Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
      const code = createCode();
      const createdAt = new Date(now());
      const stored = {
        id,
        purpose,
        tokenHash: tokenHashOf(purpose, token),
        codeHash: hasCode ? codeHashOf(purpose, userId ?? "", code) : null,
        userId,
        createdBy: createdBy ?? null,
        sealed: payload === undefined ? null : await sealer.seal(contextOf(id), JSON.stringify(payload)),
        createdAt,
        expiresAt: new Date(createdAt.getTime() + ttlMs),
      };
      return { stored, token, code };
    },
    find: async (purposes, token) => {
      if (!PATTERN.test(token)) return undefined;
      return store.find(
        purposes.map((purpose) => tokenHashOf(purpose, token)),
        new Date(now()),
      );
    },
    findById: (id) => store.findById(id, new Date(now())),
    codeHashOf,
    payloadOf: async ({ id, sealed }) => {
      const opened = sealed === null ? undefined : await sealer.open(contextOf(id), sealed);
      if (opened === undefined) throw new Error(`what belongs to link ${id} cannot be decrypted: its row was modified`);
      return JSON.parse(opened);
    },
    purge: () => store.purge(new Date(now())),
  };
};
