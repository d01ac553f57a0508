/**
 * Addresses and networks (RFC 4632, RFC 4291 §2.3) in one normal form: decimal IPv4, IPv6 as RFC 5952 writes it, and
 * what is IPv4 mapped into IPv6 (`::ffff:10.0.0.1`, RFC 4291 §2.5.5.2) as IPv4. Reading is strict, because two readers of
 * one text must not see two addresses: no leading zeros, which some take for octal, no zone, no part left out.
 */
import ipaddr from "ipaddr.js";

export type Network = readonly [address: ipaddr.IPv4 | ipaddr.IPv6, prefixLength: number];

/** The longest text of a network: an IPv6 address whose last 32 bits are written as IPv4, with `/128`. */
export const MAX_NETWORK_LENGTH = 49;
const MAPPED_PREFIX_LENGTH = 96;
const PREFIX_LENGTH = /^(?:0|[1-9]\d{0,2})$/;
/** IPv4-compatible addresses (`::10.0.0.1`) are deprecated, and libraries disagree on what they are. */
const IPV4_COMPATIBLE = /^::\d+\./;

const parseIPv6 = (text: string): ipaddr.IPv6 | undefined => {
  if (!text.includes(":") || text.includes("%") || IPV4_COMPATIBLE.test(text)) return undefined;
  const embedded = text.includes(".") ? text.slice(text.lastIndexOf(":") + 1) : undefined;
  if (embedded !== undefined && !ipaddr.IPv4.isValidFourPartDecimal(embedded)) return undefined;
  return ipaddr.IPv6.isValid(text) ? ipaddr.IPv6.parse(text) : undefined;
};

const parseAsWritten = (text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined => {
  if (text.length > MAX_NETWORK_LENGTH) return undefined;
  return ipaddr.IPv4.isValidFourPartDecimal(text) ? ipaddr.IPv4.parse(text) : parseIPv6(text);
};

const isMapped = (address: ipaddr.IPv4 | ipaddr.IPv6): address is ipaddr.IPv6 =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress();

/** An address, IPv4-mapped ones as IPv4; `undefined` when the text is none. */
export const parseAddress = (text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined => {
  const address = parseAsWritten(text);
  return address !== undefined && isMapped(address) ? address.toIPv4Address() : address;
};

const bitsOf = (address: ipaddr.IPv4 | ipaddr.IPv6): number => (address.kind() === "ipv4" ? 32 : 128);

/** The normal form of an address; `undefined` when the text is none. */
export const normalizeAddress = (text: string): string | undefined => parseAddress(text)?.toString();

/** An address, or a network as in `10.0.0.0/8`; `undefined` for anything else, and for what no address could be in. */
export const parseNetwork = (text: string): Network | undefined => {
  if (!text.includes("/")) {
    const address = parseAddress(text);
    return address && [address, bitsOf(address)];
  }
  const [written = "", prefix = "", ...rest] = text.split("/");
  const address = parseAsWritten(written);
  if (address === undefined || rest.length > 0 || !PREFIX_LENGTH.test(prefix)) return undefined;
  const length = Number(prefix);
  if (length > bitsOf(address)) return undefined;
  if (!isMapped(address)) return [address, length];
  return length < MAPPED_PREFIX_LENGTH ? undefined : [address.toIPv4Address(), length - MAPPED_PREFIX_LENGTH];
};

/** The normal form of a network: its first address with the length of its prefix, or the one address that it is. */
export const formatNetwork = ([address, length]: Network): string => {
  if (length === bitsOf(address)) return address.toString();
  const cidr = `${address.toString()}/${length}`;
  const family = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return `${family.networkAddressFromCIDR(cidr).toString()}/${length}`;
};

/** Whether the address lies in one of the networks. */
export const isWithin = (networks: readonly Network[], text: string): boolean => {
  if (networks.length === 0) return false;
  const address = parseAddress(text);
  if (address === undefined) return false;
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
