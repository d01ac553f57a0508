/** Which WebSockets are open in this process: there are bounds for all, for each upstream and for each caller. */

/** With their buffers, some hundred megabytes. */
export const MAX_SOCKETS = 2_000;

/** One that has not been heard of for so long has ended without saying so. */
const FORGOTTEN_AFTER_MS = 30_000;

interface OpenSocket {
  upstream: string;
  caller: string;
  aliveAtMs: number;
}

/** A place for a WebSocket. */
export interface Place {
  keep(): void;
  release(): void;
}

export interface Bounds {
  perUpstream: number;
  perCaller: number;
}

export type Taken = Place | "full" | "full-for-upstream" | "full-for-caller";

export interface OpenSockets {
  /** A place for one more, or which bound leaves none. */
  take(socket: { upstream: string; caller: string }, bounds: Bounds): Taken;
}

export const createOpenSockets = (now: () => number): OpenSockets => {
  const open = new Set<OpenSocket>();
  const count = (matches: (socket: OpenSocket) => boolean): number => [...open].filter(matches).length;
  const forgetLost = (): void => {
    for (const socket of open) if (now() - socket.aliveAtMs > FORGOTTEN_AFTER_MS) open.delete(socket);
  };
  return {
    take: ({ upstream, caller }, { perUpstream, perCaller }) => {
      forgetLost();
      if (open.size >= MAX_SOCKETS) return "full";
      const atUpstream = (socket: OpenSocket) => socket.upstream === upstream;
      if (count(atUpstream) >= perUpstream) return "full-for-upstream";
      if (count((socket) => atUpstream(socket) && socket.caller === caller) >= perCaller) return "full-for-caller";
      const socket = { upstream, caller, aliveAtMs: now() };
      open.add(socket);
      return {
        keep: () => {
          socket.aliveAtMs = now();
        },
        release: () => {
          open.delete(socket);
        },
      };
    },
  };
};
