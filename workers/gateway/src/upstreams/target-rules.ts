/**
 * Where no upstream may be (SSRF): asked when a target is stored, and again before each connection. What a name resolves to
 * is only known to the egress, which refuses the same networks after resolution.
 */
import { isWithin, type Network, parseAddress, parseNetwork } from "#shared/contracts/networks.ts";
import { NEVER_REACHED } from "./never-reached.ts";
import { BINDING_SCHEME, type TargetBody, targetOf } from "./target.ts";

/** What decides besides the target itself. */
export interface Surroundings {
  /** Where callers reach this installation. */
  publicUrl: string;
  /** The ports of this machine that Fountain itself listens on. */
  internalPorts: ReadonlySet<number>;
  /** The service bindings that a target may name. */
  bindings: ReadonlySet<string>;
}

export interface TargetRules {
  /** Why there may be no upstream there, to follow "must not"; `undefined`: there may. */
  (target: string): string | undefined;
  /** Whether callers reach Fountain itself at this host. */
  isOwnHost(host: string): boolean;
}

const LOOPBACK = "::1";

const networksOf = (texts: readonly string[]): Network[] =>
  texts.map(parseNetwork).filter((network) => network !== undefined);
const REFUSED = networksOf(NEVER_REACHED);

/** Names under which clouds serve their metadata. */
const METADATA_NAMES: ReadonlySet<string> = new Set([
  "instance-data",
  "instance-data.ec2.internal",
  "metadata",
  "metadata.azure.com",
  "metadata.azure.internal",
  "metadata.goog",
  "metadata.google.internal",
  "metadata.oraclecloud.com",
  "metadata.packet.net",
  "metadata.platformequinix.com",
  "metadata.tencentyun.com",
  "rancher-metadata",
]);
/** Under such names the workers reach their databases. */
const DATABASE_NAME = /\.db$/;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** A server as the URL standard reads it: decimal, octal, hexadecimal and short addresses in their normal form. */
const serverOf = (text: string) => {
  const url = URL.parse(text);
  if (url === null) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  return { host, port: Number(url.port) || DEFAULT_PORTS[url.protocol] };
};

/** The host at which callers reach Fountain. */
export const ownHostOf = (publicUrl: string): string | undefined => serverOf(publicUrl)?.host;

const isPublicAddress = (host: string): boolean => parseAddress(host)?.range() === "unicast";

const serverRefusal = (target: string, { publicUrl, internalPorts }: Surroundings): string | undefined => {
  const server = serverOf(target);
  if (server?.port === undefined) return "be anything but a URL";
  const { host, port } = server;
  // `::1` lies in the network of IPv4-compatible addresses, and is none.
  if (host !== LOOPBACK && isWithin(REFUSED, host))
    return "be a link-local, cloud metadata, unspecified, multicast or reserved address";
  if (METADATA_NAMES.has(host)) return "be a cloud's metadata service";
  const own = serverOf(publicUrl);
  const isOwn = host === own?.host && port === own.port;
  if (isOwn || DATABASE_NAME.test(host) || (internalPorts.has(port) && !isPublicAddress(host)))
    return "be Fountain itself";
  return undefined;
};

/**
 * Why an upstream may not have this host to itself, to follow "must not"; `undefined`: it may. An upstream there would get the
 * passwords of logins, and lock administrators out.
 */
const hostRefusal = (host: string, isOwnHost: (host: string) => boolean): string | undefined =>
  isOwnHost(host) || host === "localhost" || parseAddress(host) !== undefined
    ? "be where Fountain itself is"
    : undefined;

/** What of an upstream may not be: where it stands in it, and what is wrong with it. */
export const refusedTargets = (
  { targets, host }: { targets: readonly TargetBody[]; host?: string | undefined },
  rules: TargetRules,
) => [...refusedHost(host, rules), ...refusedServers(targets, rules)];

const refusedHost = (host: string | undefined, { isOwnHost }: TargetRules) => {
  const refusal = host === undefined ? undefined : hostRefusal(host, isOwnHost);
  return refusal === undefined ? [] : [{ path: ["host"], detail: `must not ${refusal}` }];
};

const refusedServers = (targets: readonly TargetBody[], rules: TargetRules) =>
  targets.flatMap((target, index) => {
    const refusal = rules(targetOf(target).url);
    const path = ["targets", index, ...(typeof target === "string" ? [] : ["url"])];
    return refusal === undefined ? [] : [{ path, detail: `must not ${refusal}` }];
  });

/** More than all upstreams have. */
const MAX_KNOWN = 10_000;

/** The rules of this installation, which remember their decisions. */
export const createTargetRules = (surroundings: Surroundings): TargetRules => {
  const known = new Map<string, string | undefined>();
  const decide = (target: string): string | undefined => {
    if (!target.startsWith(BINDING_SCHEME)) return serverRefusal(target, surroundings);
    const isBound = surroundings.bindings.has(target.slice(BINDING_SCHEME.length));
    return isBound ? undefined : "name a service binding that the gateway does not have";
  };
  const remembered = (target: string): string | undefined => {
    if (known.has(target)) return known.get(target);
    if (known.size >= MAX_KNOWN) known.clear();
    const refusal = decide(target);
    known.set(target, refusal);
    return refusal;
  };
  return Object.assign(remembered, { isOwnHost: (host: string) => host === ownHostOf(surroundings.publicUrl) });
};
