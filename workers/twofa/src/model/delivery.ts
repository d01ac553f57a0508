/** Sending a message: it is counted before it is sent, and no longer counted if it certainly was not sent. */
import type { Result } from "#shared/lang/result.ts";
import type { SendingChannel } from "./challenge.ts";
import type { Message } from "./message.ts";

/** How many codes an hour may go to one destination of a user. */
const MAX_PER_USER_AND_DESTINATION = 5;
/** Over all destinations of a user, so that no one tries phone numbers at the operator's expense. */
const MAX_PER_USER = 15;
/**
 * From all users, to a destination that is not confirmed: many accounts together cannot harass a stranger. Codes to pass a
 * factor neither count here nor are limited by it, so no other user can use up those of the owner.
 */
const MAX_PER_UNCONFIRMED_DESTINATION = 15;
export const SEND_WINDOW_MS = 60 * 60_000;

export const SEND_LIMITS = {
  perUserAndDestination: MAX_PER_USER_AND_DESTINATION,
  perUser: MAX_PER_USER,
  perUnconfirmedDestination: MAX_PER_UNCONFIRMED_DESTINATION,
} as const;

/** A code to enrol a destination, or one to pass a factor. */
export const SEND_USES = ["enrolment", "verification"] as const;
export type SendUse = (typeof SEND_USES)[number];

/**
 * Why a message was not delivered: there is no such destination, the provider limits the rate, refuses the message, does
 * not respond, or did not say in time whether it accepted the message.
 */
export type DeliveryFailure = "no-such-destination" | "rate-limited" | "rejected" | "unreachable" | "timeout";

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
  /** The keyed hash of the destination as `mailboxOf` has it. */
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
  /** Uncounts a message that was not sent. */
  release(id: string): Promise<void>;
}
