/** Whether the caller of what stays open, a WebSocket or a stream of events, may still have it. */
import { sleep } from "#shared/lang/sleep.ts";

/** With the time that a revocation takes to be known here, what is open ends within five seconds. */
const LOOK_EVERY_MS = 2_000;

/** What a WebSocket is closed with from here: a code (RFC 6455 §7.4) and the reason. */
export interface Closing {
  code: number;
  reason: string;
}

/** Why the caller may not continue; `undefined`: they may. */
export type Standing = () => Promise<Closing | undefined>;

/**
 * Asks again and again. Resolves with why the caller may not continue, or with `undefined` once `isOpen` says that there is
 * nothing to continue. Rejects as `standing` does. `onAlive`: called each time while it is open.
 */
export const untilRefused = async (
  standing: Standing,
  isOpen: () => boolean,
  onAlive: () => void = () => {},
): Promise<Closing | undefined> => {
  for (;;) {
    await sleep(LOOK_EVERY_MS);
    if (!isOpen()) return undefined;
    onAlive();
    const closing = await standing();
    if (closing) return closing;
  }
};
