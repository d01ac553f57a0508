/** The one way to check a code: reserve an attempt, check and consume, and only then reset the failures. */
import type { LockedOut } from "#shared/contracts/twofa.ts";
import { failure, type Result } from "#shared/lang/result.ts";
import type { ProofFailure } from "../model/challenge.ts";
import { type ReservedAttempt, secondsUntil } from "../model/lockout.ts";
import type { Ports } from "../model/ports.ts";

export type CheckFailure = "wrong-code" | LockedOut;
export type Checked<Value> = Result<Value, CheckFailure>;

/** What is checked, in log lines, audit entries and metrics. */
export type CheckMethod = "totp" | "sent-code" | "recovery-code" | "passkey" | "confirmation";

export interface Attempt {
  userId: string;
  method: CheckMethod;
}

const verificationOf = ({ userId, method }: Attempt) =>
  ({ action: "factor.verify", actor: userId, target: userId, method }) as const;

const recordFailure = async (
  ports: Ports,
  tried: Attempt,
  { failures, lockedUntilMs }: ReservedAttempt,
): Promise<void> => {
  const { userId } = tried;
  const wrong = { outcome: "failure", reason: "wrong-code", detail: { failures } } as const;
  await ports.recorder.record({ ...verificationOf(tried), ...wrong });
  if (lockedUntilMs === null) return;
  const lockSeconds = secondsUntil(lockedUntilMs, ports.now());
  await ports.recorder.record({
    action: "factor.lock",
    outcome: "refused",
    reason: "too-many-attempts",
    actor: userId,
    target: userId,
    detail: { failures, lockSeconds },
  });
};

/**
 * Runs `check` unless the user is locked. The attempt counts as a failure beforehand, so of any number of concurrent
 * guesses only the allowed ones are checked; it stays one when `check` throws. `check` itself consumes what it accepts.
 */
export const attempt = async <Value>(
  ports: Ports,
  tried: Attempt,
  check: () => Promise<Result<Value, ProofFailure>>,
): Promise<Checked<Value>> => {
  const { userId } = tried;
  const event = verificationOf(tried);
  const reservation = await ports.attempts.reserve(userId, ports.now());
  if (!reservation.ok) {
    await ports.recorder.record({ ...event, outcome: "refused", reason: "locked" });
    return failure("locked", { retryAfterSeconds: secondsUntil(reservation.error.lockedUntilMs, ports.now()) });
  }

  const checked = await check();
  if (checked.ok) {
    await ports.attempts.reset(userId);
    await ports.recorder.record({ ...event, outcome: "success" });
    return checked;
  }
  switch (checked.error.kind) {
    case "used":
      await ports.attempts.release(userId);
      await ports.recorder.record({ ...event, outcome: "failure", reason: "replayed" });
      return failure("wrong-code");
    case "wrong":
      await recordFailure(ports, tried, reservation.value);
      return failure("wrong-code");
  }
};
