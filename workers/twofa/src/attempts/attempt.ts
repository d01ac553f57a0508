/** The one way to check a code: reserve an attempt, check and use up, and only then forget the failures. */
import { type ReservedAttempt, secondsUntil } from "../model/lockout.ts";
import type { Ports } from "../model/ports.ts";
import type { CheckedWith } from "../model/security-event.ts";

export type Checked<Value> =
  | { outcome: "passed"; value: Value }
  | { outcome: "wrong-code" }
  | { outcome: "locked"; retryAfterSeconds: number };

/** What a check found. `used`: the code was right once, and is refused without being a guess. */
export type Finding<Value> = { found: "right"; value: Value } | { found: "wrong" } | { found: "used" };

export interface Attempt {
  userId: string;
  with: CheckedWith;
}

const recordFailure = async (
  ports: Ports,
  { userId, with: checkedWith }: Attempt,
  reserved: ReservedAttempt,
): Promise<void> => {
  const { failures, lockedUntilMs } = reserved;
  await ports.record({ event: "verification.failed", subject: userId, with: checkedWith, failures });
  if (lockedUntilMs === null) return;
  const lockSeconds = secondsUntil(lockedUntilMs, ports.now());
  await ports.record({ event: "verification.locked", subject: userId, failures, lockSeconds });
};

/**
 * Runs `check` unless the user is locked. The attempt counts as a failure beforehand, so of any number of concurrent
 * guesses only the allowed ones are looked at; it stays one when `check` throws. `check` itself uses up what it accepts.
 */
export const attempt = async <Value>(
  ports: Ports,
  tried: Attempt,
  check: () => Promise<Finding<Value>>,
): Promise<Checked<Value>> => {
  const { userId, with: checkedWith } = tried;
  const reservation = await ports.attempts.reserve(userId, ports.now());
  if (!reservation.reserved) {
    await ports.record({ event: "verification.refused", subject: userId, with: checkedWith });
    return { outcome: "locked", retryAfterSeconds: secondsUntil(reservation.lockedUntilMs, ports.now()) };
  }

  const finding = await check();
  switch (finding.found) {
    case "right":
      await ports.attempts.reset(userId);
      await ports.record({ event: "verification.succeeded", subject: userId, with: checkedWith });
      return { outcome: "passed", value: finding.value };
    case "used":
      await ports.attempts.release(userId);
      await ports.record({ event: "verification.replayed", subject: userId, with: checkedWith });
      return { outcome: "wrong-code" };
    case "wrong":
      await recordFailure(ports, tried, reservation.attempt);
      return { outcome: "wrong-code" };
  }
};
