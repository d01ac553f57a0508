/** The targets of upstreams without a network: the clock is the test's, and so is what servers do. */
import { compileUpstream, type Upstream } from "../../../workers/gateway/src/upstreams/compiled.ts";
import type { Attempt, TargetCall } from "../../../workers/gateway/src/upstreams/ports.ts";
import { createTargets } from "../../../workers/gateway/src/upstreams/targets/targets.ts";
import { upstreamBody } from "../../../workers/gateway/src/upstreams/upstream.ts";

/** What a server does: its response, `undefined` for none in time; throws when the connection fails. */
export type Server = () => Response | undefined | Promise<Response | undefined>;

/** Numbers from 0 to 1, always the same ones (mulberry32). */
const seededRandom = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

export const ok: Server = () => new Response("ok");
export const status =
  (code: number, headers: Record<string, string> = {}): Server =>
  () =>
    new Response(null, { status: code, headers });
export const reset: Server = () => Promise.reject(new Error("connection lost"));

export const upstreamOf = (name: string, body: object, version = 1): Upstream =>
  compileUpstream(name, upstreamBody.parse(body), version);

export const createTestTargets = () => {
  const clock = { nowMs: 1_800_000_000_000 };
  const now = () => clock.nowMs;
  /** By URL; what is not among them takes no connections. */
  const servers = new Map<string, Server>();
  const called: string[] = [];
  const pauses: number[] = [];
  const logged: string[] = [];
  const afterwards: Promise<void>[] = [];
  const checked: string[] = [];
  const serverOf = (url: string): Server => servers.get(new URL(url).origin) ?? reset;
  const targets = createTargets({
    reach: async (url) => {
      checked.push(url);
      return (await serverOf(url)()) ?? new Promise(() => {});
    },
    connect: async (url, limitMs) => {
      if (servers.has(url)) return true;
      clock.nowMs += limitMs;
      return false;
    },
    later: (work) => afterwards.push(work),
    now,
    random: seededRandom(7),
    sleep: async (ms) => {
      pauses.push(ms);
      clock.nowMs += ms;
    },
    log: (_level, event, fields) => logged.push(`${event} ${fields?.["target"] ?? fields?.["upstream"]}`),
  });
  const attempt: Attempt = async ({ url }, limitMs) => {
    called.push(url);
    const response = await serverOf(url)();
    if (response === undefined) clock.nowMs += limitMs;
    return response;
  };
  return {
    ...targets,
    clock,
    servers,
    called,
    pauses,
    logged,
    checked,
    afterwards,
    /** The status that a caller gets, or the code of the problem with its time to retry after. */
    call: async (upstream: Upstream, call: Partial<TargetCall> = {}): Promise<number | string> => {
      const whole = { upstream, method: "GET", hasBody: false, deadlineAtMs: now() + 30_000, ...call };
      return targets.run(whole, attempt).then(
        (response) => response.status,
        ({ code, headers }) => [code, headers["retry-after"]].filter(Boolean).join(" "),
      );
    },
    statusOf: ({ name, targets: configured }: Upstream) => targets.show(name, configured).targets.map((t) => t.status),
    breakerOf: ({ name, targets: configured }: Upstream) => targets.show(name, configured).breaker,
  };
};
