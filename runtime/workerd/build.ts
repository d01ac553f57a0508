/**
 * `npm run build [-- DIRECTORY]`: writes what a container runs (by default to `dist`): the bundles, the workerd
 * configuration and the list of settings.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { settingsList } from "../compose/settings-list.ts";
import { reasonOf } from "../local/operator-error.ts";
import { bundleWorkers } from "./bundle.ts";
import { writeHasherConfig } from "./hasher-config.ts";
import { readTopology } from "./topology.ts";
import { OPEN_ADDRESSES } from "./typesense.ts";
import { NETWORKS_TEMPLATE, networksTemplate } from "./upstreams.ts";
import { PRIVATE_MAIL_CONFIG_FILE } from "./workerd.ts";
import { writeWorkerdConfig } from "./workerd-config.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

try {
  const directory = path.resolve(process.argv[2] ?? path.join(ROOT, "dist"));
  const topology = readTopology(ROOT);
  mkdirSync(directory, { recursive: true });
  await bundleWorkers(topology.workers, directory);
  writeFileSync(path.join(directory, "settings.list"), settingsList(topology));
  writeFileSync(path.join(directory, NETWORKS_TEMPLATE), networksTemplate());
  const config = writeWorkerdConfig(topology, directory, { typesense: OPEN_ADDRESSES });
  writeWorkerdConfig(topology, directory, { messages: "any", typesense: OPEN_ADDRESSES }, PRIVATE_MAIL_CONFIG_FILE);
  writeHasherConfig(topology, directory);
  console.log(`${topology.workers.length} workers and ${config}`);
} catch (error) {
  console.error(`Fountain: ${reasonOf(error)}`);
  process.exitCode = 1;
}
