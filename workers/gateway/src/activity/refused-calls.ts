/**
 * The last calls that were refused here, in the memory of this process: enough to see what decided on them, and no secret. Each
 * kind has places of its own, so that strangers without a credential do not displace the others.
 */
import { holdsCredential } from "#shared/contracts/credential-shape.ts";

const REFUSED = [401, 403, 429] as const;
export type RefusedStatus = (typeof REFUSED)[number];

const MAX_OF_KIND = 100;
const MAX_AGE_MS = 60 * 60_000;
/** Longer paths are no one's that has something to call here. */
const MAX_PATH_CHARACTERS = 2_048;

/** Who called, as far as they are known: a user by id, a service by name, an API key by id. */
export interface RefusedCaller {
  subject?: string;
  service?: string;
  key?: string;
}

export interface RefusedCall {
  /** Milliseconds since the epoch. */
  atMs: number;
  requestId: string;
  status: RefusedStatus;
  /** A code, as in the log; `undefined`: what is behind the gateway refused it. */
  reason?: string | undefined;
  /** The policy, the rule of a firewall or the limit that refused it. */
  rule?: string | undefined;
  /** The template. */
  route: string;
  method: string;
  /** Canonical, without its query; the template where it is too long, or holds a credential. */
  path: string;
  /** The host that was called, in the URL's form. */
  host: string;
  address?: string | undefined;
  caller: RefusedCaller;
  /** `undefined`: the caller is no user. */
  acr?: "aal1" | "aal2" | undefined;
}

export interface RefusedCalls {
  note(call: RefusedCall): void;
  /** Those of the last hour. */
  read(): RefusedCall[];
}

export const isRefusedStatus = (status: number): status is RefusedStatus => REFUSED.some((one) => one === status);

/** The last hundred, the places taken in turn. */
const createRing = () => {
  const calls: RefusedCall[] = [];
  let next = 0;
  return {
    calls,
    add: (call: RefusedCall): void => {
      calls[next] = call;
      next = (next + 1) % MAX_OF_KIND;
    },
  };
};

/** `now`: milliseconds since the epoch. */
export const createRefusedCalls = (now: () => number): RefusedCalls => {
  const rings = { 401: createRing(), 403: createRing(), 429: createRing() };
  const shownPath = ({ path, route }: RefusedCall): string =>
    path.length > MAX_PATH_CHARACTERS || holdsCredential(path) ? route : path;
  return {
    note: (call) => rings[call.status].add({ ...call, path: shownPath(call) }),
    read: () => {
      const sinceMs = now() - MAX_AGE_MS;
      return REFUSED.flatMap((status) => rings[status].calls).filter(({ atMs }) => atMs > sinceMs);
    },
  };
};
