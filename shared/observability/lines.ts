/**
 * Where log lines are written to: standard output, at once, or in batches where a runtime asks for that. One write costs about
 * as much as verifying a token.
 */

/** No line is held for longer. */
const BATCH_MS = 20;
/** A pipe takes so many bytes whole (PIPE_BUF of Linux), as workerd writes them: those of other processes come before or after. */
const MAX_BATCH_BYTES = 4_096;

/** Calls `flush` after that time, in whichever request; throws where there is none. */
export type FlushLater = (flush: () => void, afterMs: number) => void;

let flushLater: FlushLater | undefined;
let held: string[] = [];
let heldBytes = 0;
let heldSinceMs = 0;

const encoder = new TextEncoder();
/** Where lines are encoded to count their bytes: an array for each would be one more to collect. */
const encoded = new Uint8Array(MAX_BATCH_BYTES);

/** The bytes of a line and its end; of a longer one than a batch can have, about as many as that. */
const bytesOf = (line: string): number => encoder.encodeInto(line, encoded).written + 1;

const flush = (): void => {
  if (held.length === 0) return;
  const text = held.join("\n");
  held = [];
  heldBytes = 0;
  console.log(text);
};

const hold = (later: FlushLater, line: string): void => {
  const nowMs = Date.now();
  const bytes = bytesOf(line);
  if (heldBytes + bytes > MAX_BATCH_BYTES) flush();
  held.push(line);
  heldBytes += bytes;
  if (held.length > 1) {
    // The request whose timer was to write them may have been ended.
    if (nowMs - heldSinceMs >= BATCH_MS) flush();
    return;
  }
  heldSinceMs = nowMs;
  try {
    later(flush, BATCH_MS);
  } catch {
    flush();
  }
};

/** Writes a line; an `urgent` one at once, after all those that are held. */
export const writeLine = (line: string, isUrgent: boolean): void => {
  if (flushLater && !isUrgent) {
    hold(flushLater, line);
    return;
  }
  flush();
  console.log(line);
};

/** From now on lines are held for at most 20 ms, until {@link writeLinesAtOnce}. */
export const writeLinesInBatches = (later: FlushLater): void => {
  flushLater = later;
};

/** Writes what is held, and every line at once from now on: this process is about to be ended. */
export const writeLinesAtOnce = (): void => {
  flushLater = undefined;
  flush();
};
