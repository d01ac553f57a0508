/**
 * The generic cell rate algorithm (ITU-T I.371, annex A), in the form of a virtual schedule. All that is remembered of someone
 * is when they will be at zero again: each call moves that on by one interval, and it may lie at most `capacity` intervals
 * ahead. In no window of time there are more calls than `limit` and `burst` together.
 */

export interface Pace {
  /** What one call takes, in milliseconds. */
  intervalMs: number;
  /** How many calls may come at once. */
  capacity: number;
}

export const paceOf = ({
  limit,
  windowSeconds,
  burst = limit,
}: {
  limit: number;
  windowSeconds: number;
  burst?: number;
}): Pace => ({
  intervalMs: (windowSeconds * 1000) / limit,
  capacity: burst,
});

export interface Outcome {
  admitted: boolean;
  /** How many more calls would be admitted at once. */
  remaining: number;
  /** Until there is one more than that, in milliseconds. */
  waitMs: number;
}

/** Of a call: makes up for the rounding of fractions, and admits none more. */
const TOLERANCE = 0.001;

/** What comes of a call at `nowMs` by someone who is at zero again at `zeroAtMs`. */
export const judge = (
  { intervalMs, capacity }: Pace,
  zeroAtMs: number,
  nowMs: number,
): Outcome & { zeroAtMs: number } => {
  const fullMs = (capacity + TOLERANCE) * intervalMs;
  // No further ahead than a clock that was set back can make it.
  const debtMs = Math.min(Math.max(zeroAtMs - nowMs, 0), capacity * intervalMs);
  const admitted = debtMs + intervalMs <= fullMs;
  const owedMs = admitted ? debtMs + intervalMs : debtMs;
  const remaining = Math.floor((fullMs - owedMs) / intervalMs);
  return { admitted, remaining, waitMs: owedMs + (remaining + 1) * intervalMs - fullMs, zeroAtMs: nowMs + owedMs };
};

/** How many calls still count of someone who is at zero again at `zeroAtMs`. */
export const callsOwed = ({ intervalMs }: Pace, zeroAtMs: number, nowMs: number): number =>
  Math.max(0, Math.ceil((zeroAtMs - nowMs) / intervalMs - TOLERANCE));
