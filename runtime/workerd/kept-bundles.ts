/** Bundles the workers only if a bundle, or anything that it is made of, has changed since it was made. */
import { createHash } from "node:crypto";
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Topology } from "./topology.ts";

/** Beside the bundles: what they are made of, and the digest of that and of them. */
const RECORD = "bundles.json";

/** What says which file an import means, and which versions are installed, esbuild's own included. */
const RESOLUTION = ["package.json", "tsconfig.json", "node_modules/.package-lock.json"];
/** What says how they are bundled. */
const BUNDLER = path.join(import.meta.dirname, "bundle.ts");

/** The clock of a file system may be a bit behind. */
const CLOCK_TOLERANCE_MS = 100;

interface Record {
  /** The paths of files. */
  files: string[];
  digest: string;
}

/** The digest of which workers there are, and of the content of files. Throws when one cannot be read. */
const digestOf = ({ workers }: Topology, files: readonly string[]): string => {
  const hash = createHash("sha256").update(JSON.stringify(workers.map(({ worker, main }) => [worker, main])));
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`\n${file} ${content.length}\n`).update(content);
  }
  return hash.digest("base64url");
};

const areKept = (topology: Topology, record: string): boolean => {
  try {
    const { files, digest }: Record = JSON.parse(readFileSync(record, "utf8"));
    return digestOf(topology, files) === digest;
  } catch {
    // There is none, it was cut short, or a file is missing.
    return false;
  }
};

/** Whether a file was written, renamed or replaced since then; its own time of change can be set back, this one cannot. */
const hasChangedSince = (timeMs: number, file: string): boolean => statSync(file).ctimeMs > timeMs - CLOCK_TOLERANCE_MS;

/**
 * Has the bundles of all workers in `directory`, made of the files as they are now. Throws an OperatorError when a worker
 * cannot be bundled.
 */
export const keepBundles = async (topology: Topology, directory: string): Promise<void> => {
  const record = path.join(directory, RECORD);
  if (areKept(topology, record)) return;
  rmSync(record, { force: true });
  const startedAtMs = Date.now();
  const { bundleWorkers } = await import("./bundle.ts");
  const { bundles, sources } = await bundleWorkers(topology.workers, directory);
  const origins = [...sources, ...RESOLUTION.map((file) => path.join(topology.root, file)), BUNDLER];
  // Of a file that was changed meanwhile no one knows which content was bundled: the next start bundles again.
  if (origins.some((file) => hasChangedSince(startedAtMs, file))) return;
  const files = [...origins, ...bundles];
  const draft = `${record}.new`;
  writeFileSync(draft, JSON.stringify({ files, digest: digestOf(topology, files) } satisfies Record), { mode: 0o600 });
  renameSync(draft, record);
};
