/**
 * Stands between callers and passwords: an attempt is counted before a password is looked at, and taken back when it was
 * the right one. One password is hashed at a time, and an attempt is counted when its hashing starts.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { HashingLimit } from "./hashing-limit.ts";
import {
  type Allowance,
  allowanceOf,
  type Count,
  FAILURES_REMEMBERED_MS,
  LOCATION_REMEMBERED_MS,
  networkOf,
} from "./lockout.ts";

/** A name at an address, whether there is such a user or not. */
export interface UserLocation {
  /** What the user is known by here, from the next success on. */
  id: string;
  /** Whether they have logged in from here before. */
  isKnown: boolean;
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
}

/** What to take back after success. */
export interface Release {
  cleared: readonly string[];
  reduced: readonly string[];
  /** The counter that says by how much; 1 where there is none. */
  by: string | undefined;
}

export interface AttemptStore {
  /** Whether the user of this name has logged in from this place since that instant. */
  isKnown(usernameKey: string, location: string, since: Date): Promise<boolean>;
  /** The counters that there are. */
  read(counters: readonly string[], at: Date): Promise<Count[]>;
  /**
   * Counts a failure with every limit, and with the tally, and gives the limits' counts; when one of the limits does not
   * allow it, counts with none: `undefined`.
   */
  reserve(limits: readonly string[], tally: string | undefined, at: Date): Promise<Count[] | undefined>;
  /** Takes a reserved attempt back: it was the right password, or was not looked at. */
  release(release: Release): Promise<void>;
  /** Notes where a user has logged in from. */
  remember(userId: string, location: string, at: Date): Promise<void>;
  purge(before: { attempts: Date; locations: Date }): Promise<void>;
}

/**
 * How a check ended. `isOverLimit`: it was made beyond the limits, where no other user's would have been; its failure must
 * get the same response as `blocked`.
 */
export type Guarded<Value, Failure extends string> = Result<Value, Failure | "blocked" | "busy"> & {
  allowance: Allowance;
  isOverLimit: boolean;
};

export interface PasswordGuard {
  /** A login to the account of this name, whether there is one or not, from this network address. */
  login(usernameKey: string, address: string | undefined): Promise<Attempt>;
  /** A login by passkey from this address: whose it will be is not known yet. */
  passkey(address: string | undefined): Attempt;
  /** A user who is logged in presents the password again. */
  confirmation(userId: string): Attempt;
  /** The check's result; `blocked` or `busy` when nothing was checked. Only a check that succeeds is not counted. */
  run<Value, Failure extends string>(
    attempt: Attempt,
    check: () => Promise<Result<Value, Failure>>,
  ): Promise<Guarded<Value, Failure>>;
  /** Counts the attempt as failed, if it is allowed. `remaining: 0`: it is not. */
  admit(attempt: Attempt): Promise<Allowance>;
  /** Takes back what was counted. */
  release(attempt: Attempt): Promise<void>;
  /** Notes that this user has logged in. */
  remember(attempt: Attempt, userId: string): Promise<void>;
  purge(): Promise<void>;
}

export interface PasswordGuardOptions {
  store: AttemptStore;
  /** Hashing waits for it. */
  hashingLimit: HashingLimit;
  /** Keyed hash of a text in a context. */
  mac: (context: string, text: string) => string;
  now: () => number;
}

/** What stands for logins from a network, by whatever means; and for those of one name beyond the limits. */
const NETWORK = "password-attempts/network";
const BEYOND = "password-attempts/beyond";

const UNKNOWN: Allowance = allowanceOf([], 0);

export const createPasswordGuard = ({ store, hashingLimit, mac, now }: PasswordGuardOptions): PasswordGuard => {
  const remembered = (rememberedMs: number): Date => new Date(now() - rememberedMs);

  const allowanceOfStored = async (counters: readonly string[]): Promise<Allowance> => {
    const at = now();
    return allowanceOf(await store.read(counters, new Date(at)), at);
  };

  const releaseOf = ({ limits, cleared, location }: Attempt): Release => ({
    cleared: location ? [...cleared, location.tally, location.beyond] : cleared,
    reduced: limits.filter((counter) => !cleared.includes(counter)),
    by: location?.tally,
  });

  type Check<Value, Failure extends string> = () => Promise<Result<Value, Failure>>;

  /** `undefined`: the limits do not allow it. */
  const checkWithinLimits = async <Value, Failure extends string>(
    attempt: Attempt,
    check: Check<Value, Failure>,
  ): Promise<Guarded<Value, Failure> | undefined> => {
    const at = new Date(now());
    const counts = await store.reserve(attempt.limits, attempt.location?.tally, at);
    if (!counts) return undefined;
    const checked = await check();
    if (!checked.ok) return { ...checked, allowance: allowanceOf(counts, at.getTime()), isOverLimit: false };
    await store.release(releaseOf(attempt));
    return { ...checked, allowance: UNKNOWN, isOverLimit: false };
  };

  /** Failures of others lock no user out where they are known. `undefined`: their own do. */
  const checkBeyondLimits = async <Value, Failure extends string>(
    beyond: string,
    allowance: Allowance,
    check: Check<Value, Failure>,
  ): Promise<Guarded<Value, Failure> | undefined> => {
    if (!(await store.reserve([beyond], undefined, new Date(now())))) return undefined;
    const checked = await check();
    if (!checked.ok) return { ...checked, allowance, isOverLimit: true };
    await store.release({ cleared: [beyond], reduced: [], by: undefined });
    return { ...checked, allowance: UNKNOWN, isOverLimit: false };
  };

  return {
    login: async (usernameKey, address) => {
      const account = mac("password-attempts/account", usernameKey);
      const where = networkOf(address);
      if (!where) return { limits: [account], cleared: [account], location: undefined };
      const named = JSON.stringify([usernameKey, where.network]);
      const id = mac("known-addresses", named);
      const isKnown = await store.isKnown(usernameKey, id, remembered(LOCATION_REMEMBERED_MS));
      return {
        limits: where.isShared ? [account] : [account, mac(NETWORK, where.network)],
        // Where a user is known nothing counts but what was tried there: strangers get no new attempts by it.
        cleared: isKnown ? [] : [account],
        location: { id, isKnown, tally: mac("password-attempts/tally", named), beyond: mac(BEYOND, named) },
      };
    },
    passkey: (address) => {
      const where = networkOf(address);
      const limits = !where || where.isShared ? [] : [mac(NETWORK, where.network)];
      return { limits, cleared: [], location: undefined };
    },
    admit: async ({ limits }) => {
      if (limits.length === 0) return UNKNOWN;
      const at = new Date(now());
      const counts = await store.reserve(limits, undefined, at);
      if (counts) return { ...allowanceOf(counts, at.getTime()), remaining: 1 };
      return { ...(await allowanceOfStored(limits)), remaining: 0 };
    },
    release: (attempt) => store.release(releaseOf(attempt)),
    confirmation: (userId) => {
      const counter = mac("password-attempts/confirmation", userId);
      return { limits: [counter], cleared: [counter], location: undefined };
    },
    run: async (attempt, check) => {
      const { limits, location } = attempt;
      const before = await allowanceOfStored(limits);
      const isOver = before.remaining === 0;
      // Read for every caller: the work done here must not reveal whether a user is known.
      const mayGoBeyond =
        location !== undefined && (await allowanceOfStored([location.beyond])).remaining > 0 && location.isKnown;
      if (!isOver || mayGoBeyond) {
        const taken = await hashingLimit.run(async () => {
          const checked = isOver ? undefined : await checkWithinLimits(attempt, check);
          if (checked || !mayGoBeyond) return checked;
          return checkBeyondLimits(location.beyond, isOver ? before : await allowanceOfStored(limits), check);
        });
        if (!taken.ok) return { ...taken, allowance: before, isOverLimit: isOver };
        if (taken.value) return taken.value;
      }
      // Where a user might be known, the response takes as long as if they were.
      const imitated = location ? await hashingLimit.imitate({ waiting: isOver && !mayGoBeyond }) : success(undefined);
      const allowance = isOver ? before : await allowanceOfStored(limits);
      return { ...(imitated.ok ? failure("blocked") : imitated), allowance, isOverLimit: true };
    },
    remember: async ({ location }, userId) => {
      if (location) await store.remember(userId, location.id, new Date(now()));
    },
    purge: () =>
      store.purge({ attempts: remembered(FAILURES_REMEMBERED_MS), locations: remembered(LOCATION_REMEMBERED_MS) }),
  };
};
