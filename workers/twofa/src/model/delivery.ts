/** Sending a message: counted before it goes out, and given back when it certainly did not. */
import type { Result } from "#shared/lang/result.ts";
import type { SendingChannel } from "./challenge.ts";
import type { Message } from "./message.ts";

/** How many codes, and how many announcements, an hour may go to one destination of a user. */
const MAX_PER_USER_AND_DESTINATION = 5;
/** Over all his destinations, so that nobody goes through phone numbers at the operator's expense. */
const MAX_PER_USER = 15;
/**
 * From all users, where nobody has shown that the destination is theirs: many accounts together are no way to pester a stranger.
 * Codes to pass a factor do not count here and are not held up by it, so nobody else can use up those of its owner.
 */
const MAX_PER_UNCONFIRMED_DESTINATION = 15;
export const SEND_WINDOW_MS = 60 * 60_000;

export const SEND_LIMITS = {
  perUserAndDestination: MAX_PER_USER_AND_DESTINATION,
  perUser: MAX_PER_USER,
  perUnconfirmedDestination: MAX_PER_UNCONFIRMED_DESTINATION,
} as const;

/** A code to enrol a destination, one to pass a factor, or an announcement to an account's address, which nobody confirmed. */
export const SEND_USES = ["enrolment", "verification", "announcement"] as const;
export type SendUse = (typeof SEND_USES)[number];

/**
 * Why a message was not delivered: there is no such destination, the provider wants us to wait, refuses us, does not
 * answer, or did not say in time whether it took the message.
 */
export const DELIVERY_FAILURES = ["no-such-destination", "rate-limited", "rejected", "unreachable", "timeout"] as const;
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

/** `cause` is for the log. */
export interface Undelivered {
  readonly kind: DeliveryFailure;
  readonly cause: string;
}

export type Delivery = Result<undefined, Undelivered>;

/** Sends one message, within bounded time. Never throws. */
export type Messenger = (message: Message) => Promise<Delivery>;

/** The channels that the operator has set up. */
export type Messengers = Readonly<Partial<Record<SendingChannel, Messenger>>>;

/** After these the message may have arrived all the same. */
export const mayHaveArrived = (failure: DeliveryFailure): boolean => failure === "timeout";

export interface Send {
  id: string;
  userId: string;
  /** The keyed hash of the destination as `floodKey` has it. */
  destinationMac: string;
  use: SendUse;
  nowMs: number;
}

/** `nextAtMs`: when the next message may be sent. */
export interface TooManySends {
  readonly kind: "too-many-sends";
  readonly nextAtMs: number;
}

export interface SendStore {
  /** Counts a message before it is sent, unless there were too many within the hour. */
  reserve(send: Send): Promise<Result<undefined, TooManySends>>;
  /** The message was not sent. */
  release(id: string): Promise<void>;
}
