/**
 * How wrong passwords slow a caller down (NIST SP 800-63B §3.2.2): five are free, then delays double up to a quarter of an
 * hour. At an address where a user has logged in before, their failures are counted separately, so that no one elsewhere
 * can lock them out; all others are counted by account and by address.
 */
import ipaddr from "ipaddr.js";
import { parseAddress } from "#shared/contracts/networks.ts";

export const FREE_ATTEMPTS = 5;
export const FIRST_DELAY_MS = 30_000;
export const LONGEST_DELAY_MS = 15 * 60_000;
/** A row of failures ends by success, or when no one has tried for so long. */
export const FAILURES_REMEMBERED_MS = 24 * 60 * 60_000;
/** How long an address is known after the last login from there. */
export const LOCATION_REMEMBERED_MS = 90 * 24 * 60 * 60_000;
/** Households and hosts get that much of IPv6 to themselves. */
const IPV6_NETWORK_BITS = 64;

/** The delay after so many failures in a row, in milliseconds. */
export const delayAfter = (failures: number): number =>
  failures < FREE_ATTEMPTS ? 0 : Math.min(FIRST_DELAY_MS * 2 ** (failures - FREE_ATTEMPTS), LONGEST_DELAY_MS);

/** A caller's network: their IPv4 address, or their /64 of IPv6. */
export interface CallerNetwork {
  network: string;
  /** The machine itself: whatever runs on it looks alike, a proxy that says nothing of its callers above all. */
  isShared: boolean;
}

export const networkOf = (address: string | undefined): CallerNetwork | undefined => {
  const parsed = address === undefined ? undefined : parseAddress(address);
  if (parsed === undefined) return undefined;
  const isShared = parsed.range() === "loopback";
  if (parsed.kind() === "ipv4") return { network: parsed.toString(), isShared };
  const network = ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_NETWORK_BITS}`);
  return { network: network.toString(), isShared };
};

/** How far a caller is from being made to wait. */
export interface Allowance {
  /** Attempts left before the next delay. */
  remaining: number;
  /** Whole seconds until the next attempt is allowed; 0: right now. */
  waitSeconds: number;
}

/** The state of a counter. */
export interface Count {
  failures: number;
  blockedUntilMs: number;
}

/** What several counters allow together. Once a delay is over, one attempt is allowed. */
export const allowanceOf = (counts: readonly Count[], nowMs: number): Allowance => {
  const waitMs = Math.max(0, ...counts.map(({ blockedUntilMs }) => blockedUntilMs - nowMs));
  if (waitMs > 0) return { remaining: 0, waitSeconds: Math.ceil(waitMs / 1000) };
  const failures = Math.max(0, ...counts.map((count) => count.failures));
  return { remaining: Math.max(1, FREE_ATTEMPTS - failures), waitSeconds: 0 };
};
