/** Other gateways, as far as this machine has them, and the TLS front: all before the bare worker of the stage. */
import { execFileSync } from "node:child_process";
import { missingPackages, startCaddy } from "../../observability/caddy.ts";
import { requestBytes } from "../load/connection.ts";
import { cpuRatio, type Goal, type Missing, rateRatio } from "../load/report.ts";
import { always, type Run, type Variant } from "../load/slices.ts";
import { type Stage, TRIVIAL_PATH } from "../stage/gateway-stage.ts";
import { portsFor } from "../stage/ports.ts";
import { fastapi } from "./fastapi.ts";
import { haproxy } from "./haproxy.ts";
import { nginx } from "./nginx.ts";
import type { Peer } from "./peer.ts";

const CADDY = "Caddy, our Caddyfile, TLS";
const CADDY_PACKAGES = ["caddy"];
const PEERS: readonly Peer[] = [haproxy, nginx, fastapi];
const CONNECTIONS = 16;
const PYTHON_PREFIX = "python3-";
/** The one that Debian's packages are for. */
const PYTHON = "/usr/bin/python3";

const GOALS = [
  {
    peer: fastapi.name,
    measure: "gateway (token) ÷ FastAPI gateway, requests a second",
    values: (run: Run) => rateRatio(run, "gateway, token", fastapi.name),
    mustReach: 8,
    tryFor: 12,
  },
  {
    peer: CADDY,
    measure: "Caddy in front (TLS) ÷ bare passthrough, CPU",
    values: (run: Run) => cpuRatio(run, CADDY, "bare passthrough"),
    mustReach: 1.2,
    tryFor: 0.6,
    isLess: true as const,
  },
];

const hasModule = (module: string): boolean => {
  try {
    execFileSync(PYTHON, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

const isMissing = (name: string): boolean =>
  name.startsWith(PYTHON_PREFIX) ? !hasModule(name.slice(PYTHON_PREFIX.length)) : missingPackages([name]).length > 0;

export interface Peers {
  variants: Variant[];
  goalsOf(run: Run): (Goal | Missing)[];
  stop(): Promise<void>;
}

const variantOf = (name: string, target: Variant["target"], token: string, processes: readonly number[]): Variant => ({
  name,
  target,
  next: always(requestBytes(TRIVIAL_PATH, { headers: { authorization: `Bearer ${token}` } })),
  expected: 200,
  connections: CONNECTIONS,
  processes,
});

/** Starts all that are installed. Call `stop` when done. */
export const startPeers = async (stage: Stage): Promise<Peers> => {
  const stops: (() => Promise<void>)[] = [];
  const variants: Variant[] = [];
  const missing: Missing[] = [];
  const lacks = (name: string, packages: readonly string[]): boolean => {
    const absent = packages.filter(isMissing);
    if (absent.length > 0)
      missing.push({ measure: name, reason: `not installed: apt-get install ${absent.join(" ")}` });
    return absent.length > 0;
  };
  if (!lacks(CADDY, CADDY_PACKAGES)) {
    const caddy = await startCaddy(`http://127.0.0.1:${stage.ports.bare}`);
    stops.push(caddy.stop);
    const target = { port: Number(new URL(caddy.url).port), serverName: "localhost" };
    variants.push(variantOf(CADDY, target, stage.peerToken, [caddy.pid]));
  }
  for (const peer of PEERS.filter(({ name, packages }) => !lacks(name, packages))) {
    const { port } = await portsFor(["port"]);
    const started = await peer.start({
      port,
      upstreamPort: stage.ports.bare,
      verifierPort: stage.ports.verify,
      secret: stage.peerSecret,
    });
    stops.push(started.stop);
    variants.push(variantOf(peer.name, { port }, stage.peerToken, [...started.pids, stage.pid]));
  }
  return {
    variants,
    goalsOf: (run) => [
      ...missing,
      ...GOALS.filter(({ peer }) => run.measured.has(peer)).map(({ values, ...goal }) => ({ ...goal, ...values(run) })),
    ],
    stop: async () => {
      for (const stop of stops.toReversed()) await stop();
    },
  };
};
