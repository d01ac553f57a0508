/**
 * Stands between callers and passwords: an attempt is counted before a password is looked at, and taken back when it was
 * the right one. Hashing takes turns, and an attempt is counted when its turn has come.
 */
import { failure, type Result } from "#shared/contracts/result.ts";
import {
  type Allowance,
  allowanceOf,
  type Count,
  FAILURES_REMEMBERED_MS,
  PLACE_REMEMBERED_MS,
  placeOf,
} from "./lockout.ts";
import type { Turns } from "./turns.ts";

/** Who tries, as the counters tell it; they hold keyed hashes of names and addresses only. */
export interface Attempt {
  /** All of them must allow it. */
  counters: string[];
  /** Those of them that begin anew with success; from the others only this attempt is taken back. */
  cleared: string[];
  /** Where the user will be known after success. */
  place: string | undefined;
}

export interface AttemptRepository {
  /** Whether the user of this name has logged in from this place since that instant. */
  isKnown(usernameKey: string, place: string, since: Date): Promise<boolean>;
  /** The counters that there are. */
  read(counters: readonly string[], at: Date): Promise<Count[]>;
  /** Counts a failure with every counter, or, when one of them does not allow it, with none: `undefined`. */
  reserve(counters: readonly string[], at: Date): Promise<Count[] | undefined>;
  /** Takes a reserved attempt back: it was the right password, or was not looked at. */
  release(attempt: Attempt): Promise<void>;
  /** Notes where a user has logged in from. */
  remember(userId: string, place: string, at: Date): Promise<void>;
  purge(before: { attempts: Date; places: Date }): Promise<void>;
}

export type Guarded<Value, Failure extends string> = Result<Value, Failure | "blocked" | "busy"> & {
  allowance: Allowance;
};

export interface PasswordGuard {
  /** A login to the account of this name, whether there is one or not, from this network address. */
  login(usernameKey: string, address: string | undefined): Promise<Attempt>;
  /** A login by passkey from this address: whose it will be is not known yet. */
  passkey(address: string | undefined): Attempt;
  /** Somebody who is logged in shows the password again. */
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
  repository: AttemptRepository;
  /** Where hashing waits for its turn. */
  turns: Turns;
  /** Keyed hash of a text in a context. */
  mac: (context: string, text: string) => string;
  now: () => number;
}

/** What stands for logins from a network, by whatever means. */
const NETWORK = "password-attempts/network";

const UNKNOWN: Allowance = allowanceOf([], 0);

export const createPasswordGuard = ({ repository, turns, mac, now }: PasswordGuardOptions): PasswordGuard => {
  const remembered = (rememberedMs: number): Date => new Date(now() - rememberedMs);

  return {
    login: async (usernameKey, address) => {
      const account = mac("password-attempts/account", usernameKey);
      const where = placeOf(address);
      if (!where) return { counters: [account], cleared: [account], place: undefined };
      const place = mac("known-addresses", JSON.stringify([usernameKey, where.network]));
      if (await repository.isKnown(usernameKey, place, remembered(PLACE_REMEMBERED_MS)))
        return { counters: [place], cleared: [place], place };
      const network = mac(NETWORK, where.network);
      return { counters: where.isShared ? [account] : [account, network], cleared: [account], place };
    },
    passkey: (address) => {
      const where = placeOf(address);
      const counters = !where || where.isShared ? [] : [mac(NETWORK, where.network)];
      return { counters, cleared: [], place: undefined };
    },
    admit: async ({ counters }) => {
      if (counters.length === 0) return UNKNOWN;
      const at = new Date(now());
      const counts = await repository.reserve(counters, at);
      if (counts) return { ...allowanceOf(counts, at.getTime()), remaining: 1 };
      return { ...allowanceOf(await repository.read(counters, at), at.getTime()), remaining: 0 };
    },
    release: (attempt) => repository.release(attempt),
    confirmation: (userId) => {
      const counter = mac("password-attempts/confirmation", userId);
      return { counters: [counter], cleared: [counter], place: undefined };
    },
    run: async (attempt, check) => {
      const before = allowanceOf(await repository.read(attempt.counters, new Date(now())), now());
      if (before.remaining === 0) return { ...failure("blocked"), allowance: before };
      const taken = await turns.run(async () => {
        const at = new Date(now());
        const counts = await repository.reserve(attempt.counters, at);
        if (!counts) {
          const allowance = allowanceOf(await repository.read(attempt.counters, at), at.getTime());
          return { ...failure("blocked"), allowance };
        }
        const checked = await check();
        if (!checked.ok) return { ...checked, allowance: allowanceOf(counts, at.getTime()) };
        await repository.release(attempt);
        return { ...checked, allowance: UNKNOWN };
      });
      return taken.ok ? taken.value : { ...taken, allowance: before };
    },
    remember: async ({ place }, userId) => {
      if (place !== undefined) await repository.remember(userId, place, new Date(now()));
    },
    purge: () =>
      repository.purge({ attempts: remembered(FAILURES_REMEMBERED_MS), places: remembered(PLACE_REMEMBERED_MS) }),
  };
};
