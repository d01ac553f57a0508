/** Hashing by processes beside this one, over one Unix socket each; other processes like this one may use them, too. */
import { Unavailable } from "#shared/lang/unavailable.ts";
import { formatInput, HASH_BYTES, type SlowHash } from "./slow-hash.ts";

/** A hash takes a twentieth of a second, and a process that hangs is ended after this time; but a busy machine needs patience. */
const HASH_TIMEOUT_MS = 4_500;
const PROBE_TIMEOUT_MS = 1_000;

/** What reaches one of the processes. */
export type Hasher = Pick<Fetcher, "fetch">;

const DETAIL = "Passwords cannot be checked at the moment. Retry after the time in Retry-After.";

/** Throws `Unavailable` when none of the processes responds; one that has just ended is passed over. */
export const createHashers = (hashers: readonly Hasher[]): SlowHash => {
  const lanes = hashers.map((hasher) => ({ hasher, inFlight: 0 }));

  /** Of the processes that are not known to be unavailable, the one with the least to do goes first. */
  const ask = async (path: string, init: { method: string; body?: string }, timeoutMs: number): Promise<Response> => {
    const signal = AbortSignal.timeout(timeoutMs);
    let cause: unknown;
    for (const lane of lanes.toSorted((one, other) => one.inFlight - other.inFlight)) {
      lane.inFlight += 1;
      try {
        return await lane.hasher.fetch(`http://hasher${path}`, { ...init, signal });
      } catch (error) {
        cause = error;
        if (signal.aborted) break;
      } finally {
        lane.inFlight -= 1;
      }
    }
    throw new Unavailable("no hasher responds", { detail: DETAIL, cause });
  };

  return {
    lanes: lanes.length,
    pauseMs: 0,
    hash: async (input) => {
      const response = await ask("/hash", { method: "POST", body: formatInput(input) }, HASH_TIMEOUT_MS);
      const hash = new Uint8Array(await response.arrayBuffer());
      if (response.status !== 200 || hash.length !== HASH_BYTES)
        throw new Error(`a hasher responded with ${response.status} and ${hash.length} bytes`);
      return hash;
    },
    probe: async () => {
      await ask("/alive", { method: "GET" }, PROBE_TIMEOUT_MS);
    },
  };
};
