/**
 * WebSockets to upstreams (RFC 6455) on the edge, passed on message by message. Cloudflare notifies no worker when a WebSocket
 * that its runtime passes on has ended, and stops work that outlives the response.
 */
import type { OpenedSocket, Passages, Reach } from "../ports.ts";
import { type Closing, untilRefused } from "../standing.ts";

/** A service that has left without closing, and a caller. */
const SERVICE_LOST: Closing = { code: 1011, reason: "The service broke the connection off." };
const CALLER_LOST: Closing = { code: 1001, reason: "" };

/** Codes that stand for what no one sends (RFC 6455 §7.4.1). */
const NO_STATUS = 1005;
const NEVER_SENT = [1004, NO_STATUS, 1006, 1015];

const closeWith = (socket: WebSocket, { code, reason }: Closing): void => {
  if (code === NO_STATUS) socket.close();
  else socket.close(code, reason);
};

/** The caller's end of a WebSocket whose other end is at the upstream. */
const bridge = (upstream: WebSocket, opened: OpenedSocket): WebSocket => {
  const { 0: callers, 1: own } = new WebSocketPair();
  let isOpen = true;
  /** Closes both ends, the first of these with the first closing. */
  const end = (...closings: readonly (readonly [WebSocket, Closing])[]): void => {
    if (!isOpen) return;
    isOpen = false;
    for (const [socket, closing] of closings) {
      try {
        closeWith(socket, closing);
      } catch {
        // It is closed already.
      }
    }
    opened.place.release();
  };
  const passOn = (from: WebSocket, to: WebSocket, lost: Closing): void => {
    from.binaryType = "arraybuffer";
    from.accept({ allowHalfOpen: true });
    from.addEventListener("message", ({ data }) => {
      if (isOpen) to.send(data);
    });
    from.addEventListener("close", ({ code, reason }) => {
      const isSaid = code === NO_STATUS || !NEVER_SENT.includes(code);
      end([to, isSaid ? { code, reason } : lost], [from, { code: isSaid ? code : 1000, reason: "" }]);
    });
    from.addEventListener("error", () => end([to, lost], [from, lost]));
  };
  passOn(upstream, own, SERVICE_LOST);
  passOn(own, upstream, CALLER_LOST);
  untilRefused(opened.standing, () => isOpen, opened.place.keep)
    .then((closing) => closing && end([own, closing], [upstream, CALLER_LOST]))
    .catch(() => end([own, SERVICE_LOST], [upstream, CALLER_LOST]));
  return callers;
};

export const bridged = (reach: Reach): Passages => ({
  open: () => ({ reach, join: bridge }),
  noteEnd: () => {},
});
