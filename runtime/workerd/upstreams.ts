/** Where the services behind the gateway may be: its egress to them, and what that never reaches. */
import { NEVER_REACHED } from "../../workers/gateway/src/upstreams/never-reached.ts";
import { LOOPBACK_PORTS } from "./processes.ts";

/** The service name that stands for the services behind the gateway, wherever they are. */
export const UPSTREAMS_SERVICE = "upstreams";

/** The binding that lists, for the gateway, which ports of this machine are Fountain's own. */
export const INTERNAL_PORTS = "INTERNAL_PORTS";

/** What the file of a container has where the setting SUBNET belongs. */
const SUBNET = "SUBNET";

/** Besides, in a container: the container itself, Caddy, the replicas, and the networks `data`, `ops`, `watch` and `mail`. */
export const NEVER_REACHED_IN_COMPOSE: readonly string[] = [
  "127.0.0.0/8",
  "::1/128",
  `${SUBNET}.1.2/32`,
  `${SUBNET}.1.8/30`,
  `${SUBNET}.2.0/24`,
  `${SUBNET}.3.0/24`,
  `${SUBNET}.4.0/24`,
  `${SUBNET}.6.0/24`,
];

/** The file beside the configuration of a container that has the networks for its SUBNET: entrypoint.bash makes it. */
export const NETWORKS_FILE = "networks.capnp";
/** What it is made of. */
export const NETWORKS_TEMPLATE = "networks.capnp.in";

const text = (value: string): string => JSON.stringify(value);

export const networksTemplate = (): string => `@0xd1c5a9f27b3e8461;
const denied :List(Text) = [${[...NEVER_REACHED, ...NEVER_REACHED_IN_COMPOSE].map(text).join(", ")}];
`;

/** The egress; without the networks that are denied they are those of {@link NETWORKS_FILE}. */
export const upstreamsService = (denied?: readonly string[]): string => {
  const networks = denied ? `[${denied.map(text).join(", ")}]` : `import ${text(NETWORKS_FILE)}.denied`;
  return `(name = ${text(UPSTREAMS_SERVICE)}, network = (allow = ["public", "private"], deny = ${networks}, tlsOptions = (trustBrowserCas = true)))`;
};

/** The ports that Fountain listens on in a container: the public one, and those of the internal sockets. */
export const CONTAINER_PORTS: readonly number[] = [8787, 8788, ...LOOPBACK_PORTS];
