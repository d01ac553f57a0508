/**
 * WebSockets to upstreams (RFC 6455) where Fountain is self-hosted: workerd passes them on itself, at the pace of the slower end,
 * and keeps nothing for an end that does not read. Of a worker that sends messages it would keep all of them.
 *
 * Nothing notifies the request that opened one when it ends. So another worker opens it, for which this one is a "tail worker":
 * workerd reports each request of that worker once it is over, and a request is over when its WebSocket is.
 */
import type { Passages, Reach } from "../ports.ts";
import { untilRefused } from "../standing.ts";
import { SOCKET_FIELD } from "./opener.ts";

interface Opening {
  hasEnded: boolean;
  onEnd: () => void;
}

export interface NativePassagesOptions {
  /** Goes to the worker that opens WebSockets. */
  reach: Reach;
  /** Does work after the response. */
  later: (work: Promise<void>) => void;
}

export const createNativePassages = ({ reach, later }: NativePassagesOptions): Passages => {
  const openings = new Map<string, Opening>();
  return {
    open: () => {
      const opened = new Map<WebSocket, { opening: Opening; cut: () => void }>();
      return {
        reach: async (url, init) => {
          const id = crypto.randomUUID();
          const opening: Opening = { hasEnded: false, onEnd: () => {} };
          const controller = new AbortController();
          const headers = new Headers(init.headers);
          headers.set(SOCKET_FIELD, id);
          openings.set(id, opening);
          let webSocket: WebSocket | null = null;
          try {
            const response = await reach(url, { ...init, headers, signal: controller.signal });
            webSocket = response.webSocket;
            if (webSocket) opened.set(webSocket, { opening, cut: () => controller.abort() });
            return response;
          } finally {
            if (!webSocket) openings.delete(id);
          }
        },
        join: (upstream, { standing, place }) => {
          const found = opened.get(upstream);
          if (!found) throw new Error("a WebSocket is joined that was not opened here");
          const { opening, cut } = found;
          opening.onEnd = place.release;
          if (opening.hasEnded) place.release();
          const watching = untilRefused(standing, () => !opening.hasEnded, place.keep);
          later(watching.then((closing) => closing && cut()).catch(cut));
          return upstream;
        },
      };
    },
    noteEnd: (id) => {
      const opening = openings.get(id);
      if (!opening) return;
      openings.delete(id);
      opening.hasEnded = true;
      opening.onEnd();
    },
  };
};
