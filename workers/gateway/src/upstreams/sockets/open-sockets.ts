/** Which WebSockets are open in this process: there are bounds for all, for each upstream and for each caller. */
import type { OpenSockets } from "../ports.ts";
import { MAX_SOCKETS } from "../upstream.ts";

/** One that has not been heard of for so long has ended without saying so. */
const FORGOTTEN_AFTER_MS = 30_000;

interface OpenSocket {
  upstream: string;
  caller: string;
  aliveAtMs: number;
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
