/**
 * The nodes of a cluster: the first one listed is the nearest and is called first; if it does not respond, the others
 * alternate. Every call ends within its time, whatever the nodes do.
 */
import { type Breaker, type BreakerState, createBreaker } from "./breaker.ts";
import { isNodeTrouble, type Reply, type TypesenseRequest, unreachable } from "./reply.ts";
import type { Transport } from "./transport.ts";

/** A single node is tried twice: a connection that it has just closed is no reason to fail. */
const MIN_ATTEMPTS = 2;
const PAUSE_MS = 50;
/** Below this, an attempt is not worth beginning. */
const MIN_ATTEMPT_MS = 50;

export interface Node {
  url: string;
  breaker: Breaker;
}

export interface Cluster {
  readonly nodes: readonly Node[];
  /** The response of the first node that responds; the last failure if none does in time. */
  call(key: string, request: TypesenseRequest, withinMs: number): Promise<Reply>;
  /** Asks every node how it is, and closes the breakers of those that are well. */
  probe(withinMs: number): Promise<{ url: string; healthy: boolean }[]>;
}

export interface ClusterOptions {
  urls: readonly string[];
  transport: Transport;
  /** Milliseconds since the epoch. */
  now: () => number;
  sleep: (ms: number) => Promise<void>;
  /** Called for every call to a node, and for breakers that change. */
  onCall?: (outcome: string) => void;
  onBreaker?: (node: string, state: BreakerState) => void;
}

const HEALTH: TypesenseRequest = { method: "get", path: "/health", repeatable: true };

const isWell = (reply: Reply): boolean =>
  reply.ok && typeof reply.value === "object" && reply.value !== null && "ok" in reply.value && reply.value.ok === true;

/**
 * Whether the request may go to another node after this reply: always where nothing was done, else if it may be repeated.
 */
const mayGoOn = (reply: Reply, { repeatable }: TypesenseRequest): boolean => {
  if (reply.ok) return false;
  const { kind } = reply.error;
  return kind === "not-ready" || (repeatable && (kind === "unreachable" || kind === "broken"));
};

/** The cluster of these nodes, all of them taken to be well. */
export const createCluster = ({ urls, transport, now, sleep, onCall, onBreaker }: ClusterOptions): Cluster => {
  const nodes = urls.map((url): Node => ({ url, breaker: createBreaker(now) }));
  let turn = 0;

  /** The nearest, then the others from the next in turn. */
  const inOrder = (): Node[] => {
    const [nearest, ...others] = nodes;
    const start = others.length === 0 ? 0 : turn++ % others.length;
    return [...(nearest ? [nearest] : []), ...others.slice(start), ...others.slice(0, start)];
  };

  const attempt = async (node: Node, key: string, request: TypesenseRequest, timeoutMs: number): Promise<Reply> => {
    const before = node.breaker.state();
    const reply = await transport(node.url, key, request, timeoutMs);
    if (!reply.ok && isNodeTrouble(reply.error)) node.breaker.failed();
    else node.breaker.succeeded();
    onCall?.(reply.ok ? "ok" : reply.error.kind);
    const after = node.breaker.state();
    if (after !== before && (after === "closed") !== (before === "closed")) onBreaker?.(node.url, after);
    return reply;
  };

  return {
    nodes,
    call: async (key, request, withinMs) => {
      const giveUpAtMs = now() + withinMs;
      let last: Reply = unreachable("every node has an open circuit breaker");
      const candidates = inOrder();
      const attempts = Math.max(candidates.length, MIN_ATTEMPTS);
      for (let number = 0; number < attempts; number += 1) {
        const node = candidates[number % candidates.length];
        if (!node?.breaker.admits()) continue;
        if (number >= candidates.length) await sleep(PAUSE_MS);
        const remainingMs = giveUpAtMs - now();
        if (remainingMs < MIN_ATTEMPT_MS) break;
        // With another node to turn to, one that hangs may use half of the time only.
        const share = number + 1 < candidates.length ? Math.floor(remainingMs / 2) : remainingMs;
        last = await attempt(node, key, request, share);
        if (!mayGoOn(last, request)) return last;
      }
      return last;
    },
    probe: async (withinMs) =>
      Promise.all(
        nodes.map(async (node) => ({ url: node.url, healthy: isWell(await attempt(node, "", HEALTH, withinMs)) })),
      ),
  };
};
