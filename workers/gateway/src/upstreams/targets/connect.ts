/**
 * Whether a server takes connections. workerd's `fetch` has no time limit for that, and does not say whether a request was sent:
 * a connection of our own, closed at once, says both.
 */
import { targetIn } from "../egress.ts";
import type { Connect } from "../ports.ts";
import type { TargetRules } from "../target-rules.ts";

const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** `host:port` of a URL; `undefined`: it names no server. */
const addressOf = (url: string): string | undefined => {
  const { protocol, hostname, port } = new URL(url);
  const defaultPort = DEFAULT_PORTS[protocol];
  return defaultPort === undefined ? undefined : `${hostname}:${port || defaultPort}`;
};

const isOpened = async (socket: Socket, limitMs: number): Promise<boolean> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs);
  });
  const opened = socket.opened.then(
    () => true,
    () => false,
  );
  return Promise.race([opened, late]).finally(() => clearTimeout(timer));
};

export interface ConnectOptions {
  /** It refuses what it refuses to requests. Without one there is no way to find out. */
  egress: Pick<Fetcher, "connect"> | undefined;
  /** Where no upstream may be no connection is made: the request is refused with the reason. */
  targetRules: TargetRules;
}

export const createConnect = ({ egress, targetRules }: ConnectOptions): Connect | undefined =>
  egress &&
  (async (url, limitMs) => {
    const address = addressOf(url);
    if (address === undefined || targetRules(targetIn(url)) !== undefined) return true;
    const socket = egress.connect(address, { secureTransport: "off", allowHalfOpen: false });
    // Both say again what `opened` does.
    socket.closed.catch(() => {});
    const opened = await isOpened(socket, limitMs);
    socket.close().catch(() => {});
    return opened;
  });
