/** `npm run build [-- DIRECTORY]`: writes the bundles and the workerd configuration (to `dist`, if not said). */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { bundleWorkers } from "./bundle.ts";
import { reasonOf } from "./operator-error.ts";
import { readTopology } from "./topology.ts";
import { writeWorkerdConfig } from "./workerd.ts";

const ROOT = path.join(import.meta.dirname, "..");

try {
  const directory = path.resolve(process.argv[2] ?? path.join(ROOT, "dist"));
  const topology = readTopology(ROOT);
  mkdirSync(directory, { recursive: true });
  await bundleWorkers(topology.workers, directory);
  console.log(`${topology.workers.length} workers and ${writeWorkerdConfig(topology, directory)}`);
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
