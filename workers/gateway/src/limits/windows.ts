/** Fixed windows of time, aligned to UTC: so many seconds counted from the epoch, or a month of the calendar. */

export interface Window {
  /** Milliseconds since the epoch: the first that belongs to it, and the first that does not. */
  startMs: number;
  endMs: number;
}

/** The window in which an instant lies; `seconds` is `undefined` for a month. */
export const windowAt = (seconds: number | undefined, nowMs: number): Window => {
  if (seconds === undefined) {
    const at = new Date(nowMs);
    const monthFrom = (months: number): number => Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months);
    return { startMs: monthFrom(0), endMs: monthFrom(1) };
  }
  const lengthMs = seconds * 1000;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  return { startMs, endMs: startMs + lengthMs };
};
