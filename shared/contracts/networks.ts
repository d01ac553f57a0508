/** Networks that a call may come from: single addresses and ranges in CIDR notation (RFC 4632, RFC 4291 §2.3). */
import ipaddr from "ipaddr.js";

export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number];

/** An address, or a network as in `10.0.0.0/8`; `undefined` for anything else. */
export const parseNetwork = (text: string): Network | undefined => {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text);
  if (!ipaddr.isValid(text)) return undefined;
  const address = ipaddr.process(text);
  return [address, address.kind() === "ipv4" ? 32 : 128];
};

/** Whether the address lies in one of the networks; an IPv4 address may be written as IPv6 does (`::ffff:10.0.0.1`). */
export const isWithin = (networks: readonly Network[], text: string): boolean => {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.process(text);
  return networks.some(([network, length]) => network.kind() === address.kind() && address.match(network, length));
};

/** What a credential may be used from; `null`: anywhere. */
export type AllowedAddresses = readonly string[] | null;

/** Whether it may be used from there. From an address that is not known it may not, where any matters. */
export const isAllowedFrom = (allowed: AllowedAddresses, address: string | undefined): boolean => {
  if (allowed === null) return true;
  const networks = allowed.map(parseNetwork).filter((network) => network !== undefined);
  return address !== undefined && isWithin(networks, address);
};
