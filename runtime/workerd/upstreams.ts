/** Where the services behind the gateway may be: its egress to them, and what that never reaches. */
import { LOOPBACK_PORTS } from "./processes.ts";

/** The service name that stands for the services behind the gateway, wherever they are. */
export const UPSTREAMS_SERVICE = "upstreams";

/** The binding that lists, for the gateway, which ports of this machine are Fountain's own. */
export const INTERNAL_PORTS = "INTERNAL_PORTS";

/**
 * Networks in which no upstream may be. workerd compares them with the address it is about to connect to, after a name is
 * resolved, and IPv4-mapped addresses as IPv4. A network that is denied must be at least as narrow as the one of workerd's
 * `private` that allows it: 0.0.0.0/8 does not deny 0.0.0.0, which `private` allows as 0.0.0.0/32. What IANA reserves, as
 * multicast is, workerd takes neither for public nor for private.
 */
export const NEVER_REACHED: readonly string[] = [
  // "This host": on Linux a connection to it is one to the loopback address.
  "0.0.0.0/8",
  "0.0.0.0/32",
  "::/128",
  // Link-local: cloud metadata above all (AWS, GCP, Azure, DigitalOcean, …).
  "169.254.0.0/16",
  "fe80::/10",
  // Metadata of AWS, GCP and Oracle Cloud over IPv6, of Alibaba Cloud, and Azure's platform.
  "fd00:ec2::/32",
  "fd20:ce::/32",
  "fd00:c1::a9fe:a9fe/128",
  "100.100.100.200/32",
  "168.63.129.16/32",
  // Ways to IPv4 addresses that would not be recognised: IPv4-compatible, 6to4, and NAT64 to link-local and loopback.
  "::/96",
  "2002::/16",
  "64:ff9b::a9fe:0/112",
  "64:ff9b::7f00:0/104",
  "64:ff9b:1::/48",
];

/** What the file of a container has where the setting SUBNET belongs. */
const SUBNET = "SUBNET";

/** Besides, in a container: the container itself, Caddy, the replicas, and the networks `data`, `ops` and `watch`. */
export const NEVER_REACHED_IN_COMPOSE: readonly string[] = [
  "127.0.0.0/8",
  "::1/128",
  `${SUBNET}.1.2/32`,
  `${SUBNET}.1.8/30`,
  `${SUBNET}.2.0/24`,
  `${SUBNET}.3.0/24`,
  `${SUBNET}.4.0/24`,
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
