/** How the workers are bundled for tests. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Plugin } from "esbuild";
import { type BundleOptions, bundlePath, bundleWorkers } from "../../../runtime/workerd/bundle.ts";
import type { Worker } from "../../../runtime/workerd/topology.ts";

/** Every login of every test hashes: at the cost of production that took as much processor time as anything else. */
const cheapPasswords: Plugin = {
  name: "cheap-passwords",
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]kms[\\/]src[\\/]crypto[\\/]password-cost\.ts$/ }, () => ({
      contents: 'export const CURRENT_COST = { algorithm: "argon2id", m: 8, t: 1, p: 1 };',
    }));
  },
};

/** Miniflare copies all code again and again while it writes a configuration: the less of it, the faster. */
const COMPACT: BundleOptions = { compact: true };

export const FOR_TESTS: BundleOptions = { ...COMPACT, plugins: [cheapPasswords] };

/** The code of a worker as it is in production. */
export const bundleOfProduction = async (worker: Worker): Promise<string> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-bundle-"));
  try {
    await bundleWorkers([worker], directory, COMPACT);
    return readFileSync(bundlePath(directory, worker.worker), "utf8");
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
};
