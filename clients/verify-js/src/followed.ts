/**
 * State that Fountain publishes, held in memory and requested again when a call needs a fresher one: there is no timer in
 * the background, so that it works in Workers, costs nothing while there are no calls, and never keeps a process alive.
 */

/** How long Fountain may take while what is known can be used, and where every call needs the response. */
const REFRESH_TIMEOUT_MS = 1_000;
const NEEDED_TIMEOUT_MS = 5_000;
/** If Fountain does not respond, it is asked once a second, however many calls there are. */
const RETRY_AFTER_FAILURE_MS = 1_000;
/** While one call refreshes, others use what is older by so much at most. */
const SHARED_MS = 1_000;
/** How often a call that waits for another's request looks whether there is a response. */
const LOOK_MS = 10;

/** Requests JSON from Fountain. Rejects unless the response is 200 and in time. */
export type GetJson = (path: string, headers?: Record<string, string>) => Promise<unknown>;

export interface FollowedOptions<State> {
  /** The URL of Fountain. */
  url: string;
  /** What is published now; `known` is what was before. Rejects if that cannot be had. */
  load(get: GetJson, known: State | undefined): Promise<State>;
  /** From this age on it is requested again. */
  freshMs: number;
  /** Up to this age it is used while Fountain does not respond. */
  usableMs: number;
  onError: (error: unknown) => void;
  fetch: typeof fetch;
  /** Milliseconds since the epoch. */
  now: () => number;
}

/** Returns the state, younger than that (`freshMs` by default) if it can be had; `undefined` if there is none to be used. */
export type Followed<State> = (maxAgeMs?: number) => Promise<State | undefined>;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export const createFollowed = <State>(options: FollowedOptions<State>): Followed<State> => {
  const { url, load, freshMs, usableMs, onError, fetch: request, now } = options;
  let state: State | undefined;
  let loadedAtMs = Number.NEGATIVE_INFINITY;
  let retryAtMs = Number.NEGATIVE_INFINITY;
  /** Of the load that is under way: after that it is taken to be lost, as Workers end what a call began together with it. */
  let lostAtMs = Number.NEGATIVE_INFINITY;

  const ageMs = (): number => now() - loadedAtMs;
  const isUsable = (): boolean => ageMs() <= usableMs;

  const get: GetJson = async (path, headers = {}) => {
    const limitMs = isUsable() ? REFRESH_TIMEOUT_MS : NEEDED_TIMEOUT_MS;
    lostAtMs = now() + limitMs;
    const response = await request(url + path, {
      headers: { accept: "application/json", ...headers },
      // The headers may hold a key, which is for Fountain only.
      redirect: "manual",
      signal: AbortSignal.timeout(limitMs),
    });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`GET ${path} responded ${response.status}`);
    return JSON.parse(text);
  };

  const refresh = async (): Promise<void> => {
    const startedAtMs = now();
    retryAtMs = startedAtMs + RETRY_AFTER_FAILURE_MS;
    try {
      const loaded = await load(get, state);
      if (startedAtMs < loadedAtMs) return;
      state = loaded;
      loadedAtMs = startedAtMs;
    } catch (error) {
      onError(error);
    } finally {
      lostAtMs = Number.NEGATIVE_INFINITY;
    }
  };

  /**
   * Waits for the load of another call by timers of its own: in Workers, a call must not continue because of what another
   * one received.
   */
  const waitForOther = async (maxAgeMs: number): Promise<void> => {
    while (ageMs() >= maxAgeMs && now() < lostAtMs) await sleep(LOOK_MS);
  };

  return async (maxAgeMs = freshMs) => {
    if (ageMs() < maxAgeMs) return state;
    if (now() < lostAtMs) await waitForOther(maxAgeMs + SHARED_MS);
    else if (now() >= retryAtMs) await refresh();
    return isUsable() ? state : undefined;
  };
};
