/** What the other workers report to the kms's audit trail. */
import { z } from "zod";
import { text } from "./input.ts";

export const REPORTED_ACTIONS = [
  "factor.enrol",
  "factor.confirm",
  "factor.remove",
  "factor.verify",
  "factor.lock",
  "factor.disable",
  "recovery-codes.replace",
  "challenge.send",
  "announcement.send",
  "search-credentials.rotate",
  "reindex.start",
  "dead-letters.redrive",
  "access.refuse",
] as const;

export type ReportedAction = (typeof REPORTED_ACTIONS)[number];

const MAX_CHARACTERS = 200;
/** Codes, ids and names; free text does not fit. */
const word = text({ min: 1, max: MAX_CHARACTERS });

/** Never a password, a key, a token or a code in it. */
export const reportedEvent = z.strictObject({
  action: z.enum(REPORTED_ACTIONS),
  outcome: z.enum(["success", "failure", "refused"]),
  /** A user's id or a service's name, as in the token's `sub`. */
  actor: word.optional(),
  target: word.optional(),
  /** A code. */
  reason: word.optional(),
});

export type ReportedEvent = z.infer<typeof reportedEvent>;
