/**
 * Where a call came from: what the connection says, and a proxy's word only where the operator trusts the proxy. What a
 * trusted proxy says and we cannot read makes the address unknown: it is the caller's, and certainly not the proxy's.
 */
import { isWithin, type Network, normalizeAddress, parseNetwork } from "#shared/contracts/networks.ts";
import type { Fields } from "#shared/http/fields.ts";

/** Networks written as `10.0.0.0/8, ::1`; `undefined` when one of them is none. */
export const parseNetworks = (text: string): Network[] | undefined => {
  const parts = text.split(/[\s,]+/).filter((part) => part !== "");
  const networks = parts.map(parseNetwork).filter((network) => network !== undefined);
  return networks.length === parts.length ? networks : undefined;
};

/** More than the longest IPv6 address with quotes, brackets, a port and some blanks around it. */
const MAX_ELEMENT_LENGTH = 80;
/** Longer than any real chain of proxies. */
const MAX_TRUSTED_HOPS = 32;

const QUOTED = /^"(.*)"$/;
const BRACKETED = /^\[([^\]]*:[^\]]*)\](?::(\d{1,5}))?$/;
const WITH_PORT = /^([\d.]+):(\d{1,5})$/;
const LAST_PORT = 65_535;

/**
 * The address in `192.0.2.7`, `192.0.2.7:443`, `2001:db8::1`, `[2001:db8::1]:443`, or one of these in quotes (RFC
 * 7239 §6);
 * `undefined` for everything else, as for `unknown` and the `_names` of RFC 7239 §6.3.
 */
const parseElement = (element: string): string | undefined => {
  const trimmed = element.trim();
  const node = QUOTED.exec(trimmed)?.[1] ?? trimmed;
  const [, address = node, port = "0"] = BRACKETED.exec(node) ?? WITH_PORT.exec(node) ?? [];
  return Number(port) <= LAST_PORT ? normalizeAddress(address) : undefined;
};

const MAX_KNOWN = 1_000;
const known = new Map<string, string | undefined>();

/** The same, parsed once for each text. */
const addressIn = (element: string): string | undefined => {
  if (element.length > MAX_ELEMENT_LENGTH) return undefined;
  if (known.has(element)) return known.get(element);
  if (known.size >= MAX_KNOWN) known.clear();
  const address = parseElement(element);
  known.set(element, address);
  return address;
};

/** What says where a request came from. */
interface Received {
  cf?: unknown;
  headers: Pick<Fields, "get">;
}

/**
 * workerd puts the peer's address into `cf.clientIp`; on the edge, Cloudflare sets the header and overwrites the
 * caller's.
 */
const peerOf = ({ cf, headers }: Received): string | undefined => {
  const peer = typeof cf === "object" && cf !== null && "clientIp" in cf ? cf.clientIp : undefined;
  return addressIn(typeof peer === "string" ? peer : (headers.get("cf-connecting-ip") ?? ""));
};

/** Whether the request itself came from a trusted proxy. */
export const isFromTrustedProxy = (request: Received, trustedProxies: readonly Network[]): boolean => {
  const peer = peerOf(request);
  return peer !== undefined && isWithin(trustedProxies, peer);
};

/**
 * The nearest address in X-Forwarded-For that is none of our proxies, or the farthest where all of them are. An element
 * is read only when all proxies behind it are trusted, so that nothing further to the left can change what is found.
 */
const forwardedAddress = (forwarded: string, trustedProxies: readonly Network[]): string | undefined => {
  let end = forwarded.length;
  for (let hop = 0; hop < MAX_TRUSTED_HOPS; hop += 1) {
    const comma = end === 0 ? -1 : forwarded.lastIndexOf(",", end - 1);
    const address = addressIn(forwarded.slice(comma + 1, end));
    if (address === undefined || comma === -1 || !isWithin(trustedProxies, address)) return address;
    end = comma;
  }
  return undefined;
};

/**
 * The caller's address, in its normal form: the peer's or, behind trusted proxies that say so, another one. `undefined`
 * when it is not known; nothing that depends on an address may then be allowed.
 */
export const clientAddressOf = (request: Received, trustedProxies: readonly Network[]): string | undefined => {
  const peer = peerOf(request);
  if (peer === undefined || !isWithin(trustedProxies, peer)) return peer;
  const forwarded = request.headers.get("x-forwarded-for");
  return forwarded === null ? peer : forwardedAddress(forwarded, trustedProxies);
};
