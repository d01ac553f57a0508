/**
 * Stands between callers and passwords: an attempt is counted before a password is looked at, and taken back when it was
 * the right one. Hashing waits in a queue, and an attempt is counted when its turn has come.
 */
import { failure, type Result, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import type { Busy, HashingQueue } from "../hashing/hashing-queue.ts";
import type { SlowHash } from "../hashing/slow-hash.ts";
import {
  type Admission,
  type Allowance,
  type Attempt,
  type AttemptStore,
  allowanceOf,
  callerAt,
  callerOf,
  FAILURES_REMEMBERED_MS,
  LOCATION_REMEMBERED_MS,
  networkOf,
  type Release,
  type UserLocation,
} from "./lockout.ts";
import type { Credentials } from "./user.ts";

/**
 * How a check ended. `isOverLimit`: it was made beyond the limits, where no other user's would have been; its failure must
 * get the same response as `blocked`.
 */
export type Guarded<Value, Failure extends string> = Result<Value, Failure | "blocked" | Busy> & {
  allowance: Allowance;
  isOverLimit: boolean;
};

type Check<Checked, Failure extends string> = () => Promise<Result<Checked, Failure>>;

type Grant<Checked, Value, Refusal extends string> = (
  checked: Checked,
  admission: Admission,
) => Promise<Result<Value, Refusal>>;

export interface PasswordGuard {
  /** A login to the account of this name, whether there is one or not, from this network address; and the account. */
  login(
    usernameKey: string,
    address: string | undefined,
  ): Promise<{ attempt: Attempt; known: Credentials | undefined }>;
  /** A login by passkey from this address: whose it will be is not known yet. */
  passkey(address: string | undefined): Attempt;
  /** A user who is logged in presents the password again. */
  confirmation(userId: string): Attempt;
  /** The login of a user whose passkey was verified. */
  passkeyAdmission(usernameKey: string, address: string | undefined): Admission;
  /**
   * The check's result, or that of `grant` after it; `blocked` or `busy` when nothing was checked. Only a check that
   * succeeds is not counted: `grant` takes the attempt back, in the transaction of what the password is for.
   */
  run<Checked, Value, Failure extends string, Refusal extends string>(
    attempt: Attempt,
    check: Check<Checked, Failure>,
    grant: Grant<Checked, Value, Refusal>,
  ): Promise<Guarded<Value, Failure | Refusal>>;
  /** Forgets what was tried with this name, and at this network address with it: the account is its owner's again. */
  recovery(usernameKey: string, address: string | undefined): Release;
  /** Counts the attempt as failed, if it is allowed. `remaining: 0`: it is not. */
  admit(attempt: Attempt): Promise<Allowance>;
  /** The `grant` of a check that is all there is: takes the attempt back. */
  release<Value>(checked: Value, admission: Admission): Promise<Result<Value, never>>;
  purge(): Promise<void>;
}

export interface PasswordGuardOptions {
  store: AttemptStore;
  /** Hashing waits in it. */
  hashingQueue: HashingQueue;
  slowHash: Pick<SlowHash, "probe">;
  /** Keyed hash of a text in a context. */
  mac: (context: string, text: string) => string;
  now: () => number;
}

/** What stands for logins by a name; from a network, by whatever means; and for those of one name beyond the limits. */
const ACCOUNT = "password-attempts/account";
const NETWORK = "password-attempts/network";
const BEYOND = "password-attempts/beyond";

const UNKNOWN: Allowance = allowanceOf([], 0);

export const createPasswordGuard = ({
  store,
  hashingQueue,
  slowHash,
  mac,
  now,
}: PasswordGuardOptions): PasswordGuard => {
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

  /** The attempt is taken back even if nothing was granted, unless it is not known what was stored. */
  const granted = async <Checked, Value, Refusal extends string>(
    checked: Checked,
    admission: Admission,
    grant: Grant<Checked, Value, Refusal>,
  ): Promise<Guarded<Value, Refusal>> => {
    try {
      return { ...(await grant(checked, admission)), allowance: UNKNOWN, isOverLimit: false };
    } catch (error) {
      if (!isUnavailable(error)) await store.release(admission.release);
      throw error;
    }
  };

  /** What was not looked at, because nothing could be hashed, is not counted. */
  const takenBackUnlessChecked = async <Checked, Failure extends string>(
    check: Check<Checked, Failure>,
    counted: readonly string[],
  ): Promise<Result<Checked, Failure>> => {
    try {
      return await check();
    } catch (error) {
      if (isUnavailable(error)) await store.release({ cleared: [], reduced: counted, by: undefined });
      throw error;
    }
  };

  /** `undefined`: the limits do not allow it. */
  const checkWithinLimits = async <Checked, Value, Failure extends string, Refusal extends string>(
    attempt: Attempt,
    check: Check<Checked, Failure>,
    grant: Grant<Checked, Value, Refusal>,
  ): Promise<Guarded<Value, Failure | Refusal> | undefined> => {
    const at = new Date(now());
    const { limits, location } = attempt;
    const counts = await store.reserve(limits, location?.tally, at);
    if (!counts) return undefined;
    const checked = await takenBackUnlessChecked(check, location ? [...limits, location.tally] : limits);
    if (!checked.ok) return { ...checked, allowance: allowanceOf(counts, at.getTime()), isOverLimit: false };
    return granted(checked.value, { release: releaseOf(attempt), location }, grant);
  };

  /** Failures of others lock no user out where they are known. `undefined`: their own do. */
  const checkBeyondLimits = async <Checked, Value, Failure extends string, Refusal extends string>(
    location: UserLocation,
    allowance: Allowance,
    check: Check<Checked, Failure>,
    grant: Grant<Checked, Value, Refusal>,
  ): Promise<Guarded<Value, Failure | Refusal> | undefined> => {
    const { beyond } = location;
    if (!(await store.reserve([beyond], undefined, new Date(now())))) return undefined;
    const checked = await takenBackUnlessChecked(check, [beyond]);
    if (!checked.ok) return { ...checked, allowance, isOverLimit: true };
    const release = { cleared: [beyond], reduced: [], by: undefined };
    return granted(checked.value, { release, location }, grant);
  };

  const locationOf = (usernameKey: string, network: string): Omit<UserLocation, "mayGoBeyond"> => {
    const named = JSON.stringify([usernameKey, network]);
    return {
      id: mac("known-addresses", named),
      network: mac("known-networks", network),
      tally: mac("password-attempts/tally", named),
      beyond: mac(BEYOND, named),
    };
  };

  const passkey = (address: string | undefined): Attempt => {
    const where = networkOf(address);
    const limits = !where || where.isShared ? [] : [mac(NETWORK, where.network)];
    return { limits, cleared: [], location: undefined, caller: callerAt(address, false) };
  };

  return {
    login: async (usernameKey, address) => {
      const account = mac(ACCOUNT, usernameKey);
      const where = networkOf(address);
      const location = where && locationOf(usernameKey, where.network);
      const limits = !where || where.isShared ? [account] : [account, mac(NETWORK, where.network)];
      const at = new Date(now());
      // Read for every caller, all of it: the work done here must not reveal whether a user is known.
      const { known, isKnown, isKnownNetwork, counts } = await store.readLogin({
        usernameKey,
        location,
        knownSince: remembered(LOCATION_REMEMBERED_MS),
        counters: location ? [...limits, location.beyond] : limits,
        at,
      });
      const allowanceBy = (counters: readonly string[]): Allowance =>
        allowanceOf(
          counts.filter(({ counter }) => counters.includes(counter)),
          at.getTime(),
        );
      const before = allowanceBy(limits);
      const caller = callerAt(address, isKnownNetwork);
      if (!location) return { known, attempt: { limits, cleared: [account], location, caller, before } };
      const mayGoBeyond = allowanceBy([location.beyond]).remaining > 0 && isKnown;
      // Where a user is known nothing counts but what was tried there: strangers get no new attempts by it.
      const cleared = isKnown ? [] : [account];
      return { known, attempt: { limits, cleared, location: { ...location, mayGoBeyond }, caller, before } };
    },
    passkey,
    passkeyAdmission: (usernameKey, address) => {
      const where = networkOf(address);
      return { release: releaseOf(passkey(address)), location: where && locationOf(usernameKey, where.network) };
    },
    recovery: (usernameKey, address) => {
      const where = networkOf(address);
      const location = where && locationOf(usernameKey, where.network);
      return {
        cleared: [mac(ACCOUNT, usernameKey), ...(location ? [location.tally, location.beyond] : [])],
        reduced: passkey(address).limits,
        by: location?.tally,
      };
    },
    admit: async ({ limits }) => {
      if (limits.length === 0) return UNKNOWN;
      const at = new Date(now());
      const counts = await store.reserve(limits, undefined, at);
      if (counts) return { ...allowanceOf(counts, at.getTime()), remaining: 1 };
      return { ...(await allowanceOfStored(limits)), remaining: 0 };
    },
    release: async (checked, { release }) => {
      await store.release(release);
      return success(checked);
    },
    confirmation: (userId) => {
      const counter = mac("password-attempts/confirmation", userId);
      return { limits: [counter], cleared: [counter], location: undefined, caller: callerOf(userId) };
    },
    run: async (attempt, check, grant) => {
      const { limits, location, caller } = attempt;
      const before = attempt.before ?? (await allowanceOfStored(limits));
      const isOver = before.remaining === 0;
      const mayGoBeyond = location?.mayGoBeyond === true;
      if (!isOver || mayGoBeyond) {
        const taken = await hashingQueue.run(caller, async () => {
          const checked = isOver ? undefined : await checkWithinLimits(attempt, check, grant);
          if (checked || !mayGoBeyond) return checked;
          return checkBeyondLimits(location, isOver ? before : await allowanceOfStored(limits), check, grant);
        });
        if (!taken.ok) return { ...taken, allowance: before, isOverLimit: isOver };
        if (taken.value) return taken.value;
      }
      // Where a user might be known, the response takes as long as if they were.
      const imitated = location
        ? await hashingQueue.imitate(caller, { waiting: isOver && !mayGoBeyond, probe: slowHash.probe })
        : success(undefined);
      const allowance = isOver ? before : await allowanceOfStored(limits);
      return { ...(imitated.ok ? failure("blocked") : imitated), allowance, isOverLimit: true };
    },
    purge: () =>
      store.purge({ attempts: remembered(FAILURES_REMEMBERED_MS), locations: remembered(LOCATION_REMEMBERED_MS) }),
  };
};
