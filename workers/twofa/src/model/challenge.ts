/** A question put to a user, to be answered once and soon. */
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

/** A new challenge drops the oldest unanswered ones of its session and use beyond these. */
export const MAX_OPEN_CHALLENGES = 20;

/** How often a challenge may be answered wrongly. */
export const MAX_TRIES = 5;

/** Instants in milliseconds since the epoch. */
export interface NewChallenge {
  id: string;
  use: ChallengeUse;
  userId: string;
  /** Only this session may answer. */
  sessionId: string;
  channel: Channel;
  factorId: string | null;
  /** Keyed hash of the right answer. */
  codeMac: string;
  /** JSON of the one request that the answer confirms; null: any. */
  purpose: string | null;
  createdAtMs: number;
  expiresAtMs: number;
}

/** An answer to a challenge: which one, whose, and the keyed hash of what was sent. */
export interface ChallengeAnswer {
  id: string;
  use: ChallengeUse;
  userId: string;
  sessionId: string;
  codeMac: string;
  nowMs: number;
}

/** What a challenge that was answered rightly was about. */
export interface AnsweredChallenge {
  channel: Channel;
  factorId: string | null;
  purpose: string | null;
  createdAtMs: number;
}

/** Why a proof is refused. `used`: it was right once, and is no guess. */
export type ProofFailure = "wrong" | "used";

export interface ChallengeStore {
  /** Adds a challenge and drops the surplus ones of its session: nobody fills the database by asking for challenges. */
  create(challenge: NewChallenge): Promise<void>;
  /** Uses up the challenge when the answer is right, else one of its tries: one statement, whoever else asks. */
  answer(answer: ChallengeAnswer): Promise<Result<AnsweredChallenge, ProofFailure>>;
  /** The challenge that an enrolled factor waits for an answer to. */
  ofEnrolment(userId: string, factorId: string): Promise<string | undefined>;
  remove(id: string): Promise<void>;
  /** Forgets what expired, and the sends that do not count any more. */
  purgeExpired(nowMs: number): Promise<void>;
}
