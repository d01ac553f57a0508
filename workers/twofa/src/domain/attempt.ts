/** The one way to check a code: reserve an attempt, check and use up, and only then forget the failures. */
import { secondsUntil } from "./lockout.ts";
import type { Ports } from "./ports.ts";
import type { CheckedWith } from "./security-event.ts";

export type Checked<Value> =
  | { outcome: "passed"; value: Value }
  | { outcome: "wrong-code" }
  | { outcome: "locked"; retryAfterSeconds: number };

export interface Attempt {
  userId: string;
  with: CheckedWith;
}

/**
 * Runs `check` unless the user is locked, and counts it as a failure when it answers `undefined` or throws. The count
 * comes first, so of any number of concurrent guesses only the allowed ones are looked at. `check` itself uses up what
 * it accepts.
 */
export const attempt = async <Value>(
  ports: Ports,
  { userId, with: checkedWith }: Attempt,
  check: () => Promise<Value | undefined>,
): Promise<Checked<Value>> => {
  const reservation = await ports.attempts.reserve(userId, ports.now());
  if (!reservation.reserved)
    return { outcome: "locked", retryAfterSeconds: secondsUntil(reservation.lockedUntilMs, ports.now()) };

  const value = await check();
  if (value !== undefined) {
    await ports.attempts.reset(userId);
    ports.record({ event: "verification.succeeded", subject: userId, with: checkedWith });
    return { outcome: "passed", value };
  }
  const { failures, lockedUntilMs } = reservation.attempt;
  ports.record({ event: "verification.failed", subject: userId, with: checkedWith, failures });
  if (lockedUntilMs > ports.now())
    ports.record({
      event: "verification.locked",
      subject: userId,
      failures,
      lockSeconds: secondsUntil(lockedUntilMs, ports.now()),
    });
  return { outcome: "wrong-code" };
};
