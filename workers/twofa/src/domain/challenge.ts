/** A question put to a user, to be answered once and soon. */

/** To make a factor active, or to pass a second factor. */
export const CHALLENGE_USES = ["enrolment", "verification"] as const;
export type ChallengeUse = (typeof CHALLENGE_USES)[number];

export const CHANNELS = ["email", "sms", "webauthn"] as const;
export type Channel = (typeof CHANNELS)[number];
