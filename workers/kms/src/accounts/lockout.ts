/**
 * How wrong passwords slow a caller down (NIST SP 800-63B §3.2.2): five are free, then delays double up to a quarter of an
 * hour. At an address where a user has logged in before, their failures are counted separately, so that no one elsewhere
 * can lock them out; all others are counted by account and by address.
 */
import ipaddr from "ipaddr.js";
import { parseAddress } from "#shared/contracts/networks.ts";
import type { Caller } from "../hashing/hashing-queue.ts";
import type { Credentials } from "./user.ts";

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

/** Who has a password hashed from this address; `isKnown`: some user has logged in from its network before. */
export const callerAt = (address: string | undefined, isKnown: boolean): Caller => {
  const { network, isShared } = networkOf(address) ?? { network: "unknown", isShared: true };
  return { group: network, isShared, isKnown };
};

/** A user, or a service, that is logged in. */
export const callerOf = (subject: string): Caller => ({ group: `subject/${subject}`, isShared: false, isKnown: true });

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

/** Under which a login is remembered: of the user from the network, and of anyone from there. */
export type KnownLocation = Pick<UserLocation, "id" | "network">;

/** A name at an address, whether there is such a user or not. */
export interface UserLocation {
  /** What the user is known by here, from the next success on. */
  id: string;
  /** What the network is known by, for all who have logged in from there. */
  network: string;
  /** Whether they have logged in from here before, and what is counted beyond the limits allows one more. */
  mayGoBeyond: boolean;
  /** Counts what the limits have counted of this name from here: its success takes that back. */
  tally: string;
  /** Counts what is tried from here although the limits do not allow it. */
  beyond: string;
}

/** Who tries, as the counters see it; they hold keyed hashes of names and addresses only. */
export interface Attempt {
  /** All of these counters must allow it. They count everyone, so that they reveal nothing about a user. */
  limits: string[];
  /** Those of them that begin again at zero with success; from the others only what was this name's is taken back. */
  cleared: string[];
  location: UserLocation | undefined;
  /** Whose turn it is to have a password hashed: it depends on where they are, not on the name. */
  caller: Caller;
  /** What the limits allowed when the attempt came, if that has been read. */
  before?: Allowance;
}

/** What to take back after success. */
export interface Release {
  cleared: readonly string[];
  reduced: readonly string[];
  /** The counter that says by how much; 1 where there is none. */
  by: string | undefined;
}

/** What a right password, or a passkey, changes here: to be stored in the transaction of what it is for. */
export interface Admission {
  release: Release;
  /** What the user, and what anyone, is known by where they log in. */
  location: KnownLocation | undefined;
}

/** A login as the counters see it, before any password is looked at. */
export interface LoginQuery {
  usernameKey: string;
  location: KnownLocation | undefined;
  /** A login from there before this instant does not count. */
  knownSince: Date;
  counters: readonly string[];
  at: Date;
}

/** The user of that name; whether they have logged in from that place, and whether anyone has; and the counters that there are. */
export interface LoginState {
  known: Credentials | undefined;
  isKnown: boolean;
  isKnownNetwork: boolean;
  counts: (Count & { counter: string })[];
}

export interface AttemptStore {
  /** All of it as of one instant, in one round trip whether there is such a user or not. */
  readLogin(login: LoginQuery): Promise<LoginState>;
  /** The counters that there are. */
  read(counters: readonly string[], at: Date): Promise<Count[]>;
  /**
   * Counts a failure with every limit, and with the tally, and gives the limits' counts; when one of the limits does not
   * allow it, counts with none: `undefined`.
   */
  reserve(limits: readonly string[], tally: string | undefined, at: Date): Promise<Count[] | undefined>;
  /** Takes a reserved attempt back: it was the right password, or was not looked at. */
  release(release: Release): Promise<void>;
  purge(before: { attempts: Date; locations: Date }): Promise<void>;
}
