/**
 * The outbox of mails to users. A mail is stored in the transaction of what it reports; twofa, which has the mail server, claims
 * it and sends it at least once, with growing delays until it is taken.
 */
import { z } from "zod";
import { type ClaimedMail, LANGUAGES, type Language, type MailContent, mailboxOf } from "#shared/contracts/mails.ts";
import { originOfRequest } from "#shared/observability/context.ts";
import { macInContext } from "../crypto/mac.ts";
import type { InternalKeys } from "../crypto/root-key.ts";
import type { Sealer } from "../crypto/sealing.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** How long a mail waits after each attempt, unless it is settled before; after the last one it is given up. */
const WAIT_MS = [
  MINUTE_MS,
  2 * MINUTE_MS,
  5 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  12 * HOUR_MS,
  HOUR_MS,
] as const;
/** A notice that is older surprises more than it helps. */
const TTL_MS = 72 * HOUR_MS;
/** For how long a mail counts, sent or not. */
export const COUNTED_FOR_MS = HOUR_MS;
/** So many mails of a kind may go to a mailbox within {@link COUNTED_FOR_MS}: no one is flooded by what strangers ask for. */
const MAX_PER_MAILBOX_AND_KIND = 5;
/**
 * So many notices of a kind about one account, to an address that is known to be its user's. They are counted by themselves, so that no
 * one else uses them up; who acts in the account more often than that has notified its user so often.
 */
const MAX_PER_ACCOUNT_AND_KIND = 20;

/** A mail to prepare. */
export type NewMail = MailContent & {
  /** Whom it is about: it is forgotten with them. `null`: no user. */
  userId: string | null;
  destination: string;
  /** By default that of the installation. */
  language?: Language;
  /** How long it is worth sending; by default three days. */
  ttlMs?: number;
  /** Counts what is about this user alone, whose address is known to be theirs. */
  isOwn?: boolean;
  /** Says where the request at hand came from. */
  hasOrigin?: boolean;
};

/** A user to notify. */
export interface Noticed {
  id: string;
  email: string | null;
  emailVerifiedAt: Date | null;
}

/** A mail ready for storage. */
export interface StoredMail {
  id: string;
  kind: MailContent["kind"];
  userId: string | null;
  destinationMac: string;
  sealed: string;
  createdAt: Date;
  expiresAt: Date;
  /** How many of its kind are allowed, and whether only those about its user count. */
  budget: { max: number; isOwn: boolean };
}

/** A mail whose turn it is, and how often that was tried before. */
export interface DueMail extends Omit<StoredMail, "destinationMac" | "expiresAt" | "budget"> {
  attempts: number;
}

export interface MailStore {
  /** Stores mails that report no change of the kms's own. */
  insert(mails: readonly StoredMail[]): Promise<void>;
  /** Those that were tried less than `maxAttempts` times, the most overdue first. */
  listDue(at: Date, limit: number, maxAttempts: number): Promise<DueMail[]>;
  /** Counts an attempt of each and says when the next one is due; gives the ids of those that no other run has claimed. */
  claim(due: readonly { id: string; attempts: number; nextAttemptAt: Date }[]): Promise<Set<string>>;
  /** Forgets what these mails say. */
  settle(ids: readonly string[]): Promise<void>;
  /** Deletes what no longer counts; gives how many were never sent. */
  purge(at: Date, maxAttempts: number): Promise<number>;
}

export interface Mails {
  /** Seals a mail for `insertMail`, which the store of what it reports puts into its transaction. */
  prepare(mail: NewMail): Promise<StoredMail>;
  /** A notice to the user's address, by default of what they did themselves; `undefined`: they have none. */
  notice(user: Noticed, content: MailContent, by?: "self" | "administrator"): Promise<StoredMail | undefined>;
  /** Stores mails that report no change of the kms's own. */
  store(mails: readonly StoredMail[]): Promise<void>;
  /** At most so many mails whose turn it is. They are due again a minute later, and later each time, until they are settled. */
  claim(limit: number): Promise<ClaimedMail[]>;
  /** These mails are sent, or never will be. */
  settle(ids: readonly string[]): Promise<void>;
  /** Deletes what no longer counts; gives how many mails expired without having been sent. */
  purge(): Promise<number>;
}

export interface MailsOptions {
  store: MailStore;
  sealer: Sealer;
  macKey: InternalKeys["emailMac"];
  now: () => number;
  createId: () => string;
}

const contextOf = (id: string): string => `mails/${id}/sealed`;

const sealedSchema = z.object({
  destination: z.string(),
  language: z.enum(LANGUAGES).nullable(),
  origin: z.object({ address: z.string().optional(), userAgent: z.string().optional() }).optional(),
  content: z.custom<MailContent>((value) => typeof value === "object" && value !== null && "kind" in value),
});

export const createMails = ({ store, sealer, macKey, now, createId }: MailsOptions): Mails => {
  /** Empty for a row that was modified: it must not hold up the others, and expires like one that cannot be sent. */
  const open = async ({ id, userId, attempts, createdAt, sealed }: DueMail): Promise<ClaimedMail[]> => {
    const text = await sealer.open(contextOf(id), sealed);
    if (text === undefined) return [];
    const { content, destination, language, origin } = sealedSchema.parse(JSON.parse(text));
    const attempt = attempts + 1;
    const isLastAttempt = attempt === WAIT_MS.length;
    const createdAtMs = createdAt.getTime();
    return [{ ...content, id, userId, destination, language, attempt, isLastAttempt, createdAtMs, origin }];
  };

  const prepare: Mails["prepare"] = async ({ kind, data, userId, destination, language = null, ...more }) => {
    const { ttlMs = TTL_MS, isOwn = false, hasOrigin = false } = more;
    const id = createId();
    const createdAt = new Date(now());
    const origin = hasOrigin ? originOfRequest() : undefined;
    const plaintext = JSON.stringify({ destination, language, origin, content: { kind, data } });
    return {
      id,
      kind,
      userId,
      destinationMac: macInContext(macKey, "mails/destination", mailboxOf(destination)),
      sealed: await sealer.seal(contextOf(id), plaintext),
      createdAt,
      expiresAt: new Date(createdAt.getTime() + ttlMs),
      budget: { max: isOwn ? MAX_PER_ACCOUNT_AND_KIND : MAX_PER_MAILBOX_AND_KIND, isOwn },
    };
  };

  return {
    prepare,
    notice: async ({ id: userId, email, emailVerifiedAt }, content, by = "self") =>
      email === null
        ? undefined
        : prepare({
            ...content,
            ...{ userId, destination: email, isOwn: emailVerifiedAt !== null, hasOrigin: by === "self" },
          }),
    claim: async (limit) => {
      const at = now();
      const due = await store.listDue(new Date(at), limit, WAIT_MS.length);
      if (due.length === 0) return [];
      const claimed = await store.claim(
        due.map(({ id, attempts }) => ({
          id,
          attempts,
          nextAttemptAt: new Date(at + (WAIT_MS[attempts] ?? HOUR_MS)),
        })),
      );
      return (await Promise.all(due.filter(({ id }) => claimed.has(id)).map(open))).flat();
    },
    store: store.insert,
    settle: store.settle,
    purge: () => store.purge(new Date(now()), WAIT_MS.length),
  };
};
