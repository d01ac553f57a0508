/** Challenges: each accepts one response, within a short time. */
import type { Result } from "#shared/lang/result.ts";

/** To make a factor active, to pass a second factor, or to log in without a password. */
export const CHALLENGE_USES = ["enrolment", "verification", "login"] as const;
export type ChallengeUse = (typeof CHALLENGE_USES)[number];

export const CHANNELS = ["email", "sms", "webauthn"] as const;
export type Channel = (typeof CHANNELS)[number];

/** The channels over which codes are sent. */
export const SENDING_CHANNELS = ["email", "sms"] as const satisfies readonly Channel[];
export type SendingChannel = (typeof SENDING_CHANNELS)[number];

export const isSendingChannel = (type: string): type is SendingChannel =>
  SENDING_CHANNELS.some((channel) => channel === type);

/** A new challenge drops the oldest open ones of its session and use beyond these. */
export const MAX_OPEN_CHALLENGES = 20;

/** Wrong responses that a challenge allows. */
export const MAX_TRIES = 5;

/** Instants in milliseconds since the epoch. */
export interface NewChallenge {
  id: string;
  use: ChallengeUse;
  userId: string;
  /** Only this session may respond. */
  sessionId: string;
  channel: Channel;
  factorId: string | null;
  /** Keyed hash of the right response. */
  codeMac: string;
  /** JSON of the one request that the response confirms; null: any. */
  purpose: string | null;
  createdAtMs: number;
  expiresAtMs: number;
}

/** A response to a challenge: which one, whose, and the keyed hash of what was sent. */
export interface ChallengeResponse {
  id: string;
  use: ChallengeUse;
  userId: string;
  sessionId: string;
  codeMac: string;
  nowMs: number;
}

/** What a challenge that was consumed by the right response was about. */
export interface ConsumedChallenge {
  channel: Channel;
  factorId: string | null;
  purpose: string | null;
  createdAtMs: number;
}

/** Why a proof is refused. `used`: it was right but is used up, so it is no guess. */
export type ProofFailure = "wrong" | "used";

export interface ChallengeStore {
  /** Adds a challenge and drops the surplus ones of its session, so that requests for challenges cannot fill the database. */
  create(challenge: NewChallenge): Promise<void>;
  /** Consumes the challenge if the response is right, else one of its tries: one statement, so one of several succeeds. */
  consume(response: ChallengeResponse): Promise<Result<ConsumedChallenge, ProofFailure>>;
  /** The id of the challenge that confirms an enrolled factor. */
  ofEnrolment(userId: string, factorId: string): Promise<string | undefined>;
  remove(id: string): Promise<void>;
  /** Forgets what expired, and the sends that do not count any more. */
  purgeExpired(nowMs: number): Promise<void>;
}
