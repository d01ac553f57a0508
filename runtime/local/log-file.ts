/** A log file that never outgrows its limit: the older half moves to a second file. */
import { appendFileSync, renameSync, statSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** In the folder of logs: what the workers log, where people read the output. */
export const WORKERS_LOG = "workers.log";

const MAX_BYTES = 2 * 1024 * 1024;

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

const withTime = (line: string): string => `${new Date().toISOString()} ${line}`;

/** What appends one line, stamped with the time by default. */
export const createLogFile = (file: string, stamp: (line: string) => string = withTime): ((line: string) => void) => {
  let bytes = sizeOf(file);
  return (line) => {
    if (bytes > MAX_BYTES) {
      renameSync(file, `${file}.1`);
      bytes = 0;
    }
    const entry = `${stamp(line)}\n`;
    appendFileSync(file, entry, { mode: 0o600 });
    bytes += Buffer.byteLength(entry);
  };
};

/** Calls with every line that comes out of a stream. */
export const readLines = (input: Readable | null, onLine: (line: string) => void): void => {
  if (input !== null) createInterface({ input }).on("line", onLine);
};

/** What appends a line that has its own time, such as one of a worker. */
export const createJsonLogFile = (file: string): ((line: string) => void) => createLogFile(file, (line) => line);

/** Appends every line that comes out of these streams. */
export const logStreams = (file: string, ...streams: readonly (Readable | null)[]): void => {
  const log = createLogFile(file);
  for (const input of streams) readLines(input, log);
};
