/** A log file that never outgrows its limit: the older half moves to a second file. */
import { appendFileSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const MAX_BYTES = 2 * 1024 * 1024;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** What appends one line, stamped with the time. */
export const createLogFile = (file: string): ((line: string) => void) => {
  let bytes = sizeOf(file);
  return (line) => {
    if (bytes > MAX_BYTES) {
      renameSync(file, `${file}.1`);
      bytes = 0;
    }
    const entry = `${new Date().toISOString()} ${line}\n`;
    appendFileSync(file, entry, { mode: 0o600 });
    bytes += Buffer.byteLength(entry);
  };
};

/** Appends every line that comes out of these streams. */
export const logStreams = (file: string, ...streams: readonly (Readable | null)[]): void => {
  const log = createLogFile(file);
  for (const input of streams) if (input !== null) createInterface({ input }).on("line", log);
};
