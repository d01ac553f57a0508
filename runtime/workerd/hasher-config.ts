/** The configuration of a hasher. */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { HASHER_CONFIG_FILE, HASHER_SOCKET, HASHER_WORKER } from "./hasher.ts";
import { moduleList } from "./modules.ts";
import type { Topology } from "./topology.ts";

/** Its one worker has no bindings; even the service that workerd gives to every worker leads nowhere. */
export const hasherConfig = ({ workers: [front] }: Topology): string => `# Generated.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "${HASHER_WORKER}", worker = (
      modules = [${moduleList(HASHER_WORKER)}],
      compatibilityDate = "${front?.compatibilityDate}",
      compatibilityFlags = ["nodejs_compat"],
    )),
    (name = "internet", network = (allow = [])),
  ],
  sockets = [(name = "${HASHER_SOCKET}", http = (), service = "${HASHER_WORKER}")],
);
`;

/** Writes it beside the bundles. */
export const writeHasherConfig = (topology: Topology, directory: string): void =>
  writeFileSync(path.join(directory, HASHER_CONFIG_FILE), hasherConfig(topology), { mode: 0o600 });
