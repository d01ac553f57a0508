/**
 * Notices changes of files by comparing what folders hold, not by events: a file that is replaced (`git checkout`,
 * `sed -i`, an editor that saves atomically) is another file under the same name, and watchers lose sight of it.
 */
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MS = 400;

/** What each file is, by its path. */
export type Snapshot = ReadonlyMap<string, string>;

const describe = (file: string): string | undefined => {
  const stats = statSync(file, { throwIfNoEntry: false });
  return stats?.isFile() ? `${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}` : undefined;
};

const filesBelow = (folder: string): string[] => {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      const file = path.join(folder, entry.name);
      return entry.isDirectory() ? filesBelow(file) : [file];
    });
  } catch {
    return []; // It was removed meanwhile.
  }
};

/** The files among `places`, and in the folders among them, whose names are wanted. */
export const takeSnapshot = (places: readonly string[], isWanted: (file: string) => boolean): Snapshot => {
  const files = places.flatMap((place) => (describe(place) === undefined ? filesBelow(place) : [place]));
  return new Map(
    files.filter(isWanted).flatMap((file) => {
      const description = describe(file);
      return description === undefined ? [] : [[file, description] as const];
    }),
  );
};

/** The files that were added, removed, written or replaced between two snapshots. */
export const changedFiles = (before: Snapshot, after: Snapshot): string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter((file) => before.get(file) !== after.get(file));

/** Calls `onChange` with what changed since the last call, once a round of changes is over. Ends with the signal. */
export const watchFiles = async (
  take: () => Snapshot,
  onChange: (files: readonly string[]) => void | Promise<void>,
  signal: AbortSignal,
): Promise<void> => {
  let known = take();
  let last = known;
  while (await sleep(POLL_MS, true, { signal }).catch(() => false)) {
    const now = take();
    const isSettled = changedFiles(last, now).length === 0;
    last = now;
    if (!isSettled) continue;
    const changed = changedFiles(known, now);
    known = now;
    if (changed.length > 0) await onChange(changed);
  }
};
