/** What happens at the gateway, as this process sees it: what the calls of the last hour came to, and those that were refused. */
import { type CountedMinute, createMinutes, type ServedCall } from "./minutes.ts";
import { createRefusedCalls, isRefusedStatus, type RefusedCall } from "./refused-calls.ts";

/** What a process has seen in the last hour. */
export interface Seen {
  /** Since when it sees, in milliseconds since the epoch. */
  sinceMs: number;
  minutes: CountedMinute[];
  refused: RefusedCall[];
}

export interface Activity {
  /** Takes note of a call that has got its response; `describe`: asked if it was refused. */
  note(call: ServedCall, describe: () => Omit<RefusedCall, "atMs" | "status" | "route">): void;
  read(): Seen;
}

/** `now`: milliseconds since the epoch. */
export const createActivity = (now: () => number): Activity => {
  const sinceMs = now();
  const minutes = createMinutes(now);
  const refused = createRefusedCalls(now);
  return {
    note: (call, describe) => {
      const { route, status } = call;
      minutes.note(call);
      if (isRefusedStatus(status)) refused.note({ ...describe(), atMs: now(), status, route });
    },
    read: () => ({ sinceMs, minutes: minutes.read(), refused: refused.read() }),
  };
};
