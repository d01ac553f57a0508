/** The one way to check a code: reserve an attempt, check and use up, and only then forget the failures. */
import type { LockedOut } from "#shared/contracts/twofa.ts";
import { failure, type Result } from "#shared/lang/result.ts";
import type { ProofFailure } from "../model/challenge.ts";
import { type ReservedAttempt, secondsUntil } from "../model/lockout.ts";
import type { Ports } from "../model/ports.ts";
import type { CheckedWith } from "../model/security-event.ts";

export type CheckFailure = "wrong-code" | LockedOut;
export type Checked<Value> = Result<Value, CheckFailure>;

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
  check: () => Promise<Result<Value, ProofFailure>>,
): Promise<Checked<Value>> => {
  const { userId, with: checkedWith } = tried;
  const reservation = await ports.attempts.reserve(userId, ports.now());
  if (!reservation.ok) {
    await ports.record({ event: "verification.refused", subject: userId, with: checkedWith });
    return failure("locked", { retryAfterSeconds: secondsUntil(reservation.error.lockedUntilMs, ports.now()) });
  }

  const checked = await check();
  if (checked.ok) {
    await ports.attempts.reset(userId);
    await ports.record({ event: "verification.succeeded", subject: userId, with: checkedWith });
    return checked;
  }
  switch (checked.error.kind) {
    case "used":
      await ports.attempts.release(userId);
      await ports.record({ event: "verification.replayed", subject: userId, with: checkedWith });
      return failure("wrong-code");
    case "wrong":
      await recordFailure(ports, tried, reservation.value);
      return failure("wrong-code");
  }
};
