/** A real Caddy before a running Fountain, with the Caddyfile as it is deployed, but for its addresses. */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { parse } from "yaml";
import { z } from "zod";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { untilListening } from "../support/programs/listening.ts";

/** Debian's package, or another build from 2.6 on. */
const PROGRAM = "caddy";

const ROOT = path.join(import.meta.dirname, "..", "..");

const caddyService = z.object({
  services: z.object({ caddy: z.object({ environment: z.object({ GOMEMLIMIT: z.string(), GOGC: z.string() }) }) }),
});

const isInstalled = (program: string): boolean => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** How Go collects garbage in it, as it is deployed. */
const memorySettings = (): Record<string, string> => {
  const compose: unknown = parse(readFileSync(path.join(ROOT, "docker-compose.yml"), "utf8"), { merge: true });
  return caddyService.parse(compose).services.caddy.environment;
};

/** The Debian packages among these that are missing. */
export const missingPackages = (programs: readonly string[]): string[] =>
  programs.filter((program) => !isInstalled(program));

/** Replaces texts that must be there: what is tried is the file as it is deployed, but for its addresses. */
export const adapted = (file: string, replacements: Readonly<Record<string, string>>): string =>
  Object.entries(replacements).reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`${file} has no ${JSON.stringify(from)} any more`);
      return text.replaceAll(from, to);
    },
    readFileSync(path.join(ROOT, file), "utf8"),
  );

export interface Caddy {
  /** `https://localhost` with its port, under a certificate of Caddy's own authority. */
  url: string;
  pid: number;
  /** Where the metrics and the probe targets are. */
  watchPort: number;
  /** Every line it wrote so far. */
  logs: readonly string[];
  stop(): Promise<void>;
}

/** Starts it, and resolves once it listens. `upstream`: the gateway's URL; `changes`: other texts of the Caddyfile to replace. */
export const startCaddy = async (upstream: string, changes: Readonly<Record<string, string>> = {}): Promise<Caddy> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-caddy-"));
  const [httpsPort, watchPort] = await freePorts();
  const [httpPort] = await freePorts();
  const file = path.join(directory, "Caddyfile");
  const caddyfile = adapted("Caddyfile", {
    ...changes,
    "\tskip_install_trust\n": `\tskip_install_trust\n\tadmin off\n\thttp_port ${httpPort}\n`,
    "\n{$DOMAIN:localhost} {": `\nlocalhost:${httpsPort} {`,
    "http://:2020": `http://:${watchPort}`,
    "{$WORKERD_UPSTREAMS:127.0.0.1:8787}": new URL(upstream).host,
  }).replaceAll("\n:443 {", `\n:${httpsPort} {`);
  writeFileSync(file, caddyfile);
  const child = spawn(PROGRAM, ["run", "--adapter", "caddyfile", "--config", file], {
    env: {
      ...memorySettings(),
      PATH: process.env["PATH"],
      HOME: directory,
      XDG_DATA_HOME: directory,
      XDG_CONFIG_HOME: directory,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const guard = createGuard();
  guard.watch(PROGRAM, child.pid);
  const logs: string[] = [];
  for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", (line) => logs.push(line));
  /** It listens before it has its certificate, and then breaks handshakes off. */
  const isShakingHands = () =>
    new Promise<boolean>((resolve) => {
      const socket = connectTls({ port: httpsPort, servername: "localhost", rejectUnauthorized: false });
      const say = (does: boolean) => () => {
        socket.destroy();
        resolve(does);
      };
      socket.once("secureConnect", say(true)).once("error", say(false));
    });
  const isListening = () =>
    fetch(`http://127.0.0.1:${watchPort}/health`).then(
      ({ ok }) => ok && isShakingHands(),
      () => false,
    );
  await untilListening("Caddy", isListening, () => logs.at(-1));
  return {
    url: `https://localhost:${httpsPort}`,
    pid: child.pid ?? 0,
    watchPort,
    logs,
    stop: async () => {
      await stopProcess(child);
      guard.release();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
