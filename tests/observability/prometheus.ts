/** Debian's own Prometheus, Caddy and blackbox exporter around a running Fountain, with the configuration in deploy/. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { createGuard } from "../../runtime/local/guard.ts";
import { freePorts } from "../../runtime/local/ports.ts";
import { stopProcess } from "../../runtime/local/process.ts";
import { eventually } from "../support/workerd.ts";
import { adapted, startCaddy } from "./caddy.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
/** The Debian packages that this takes. */
export const PROGRAMS = ["prometheus", "caddy", "prometheus-blackbox-exporter"] as const;

const REPLICAS = `dns_sd_configs:
      - names: [workerd]
        type: A
        port: 8788
        refresh_interval: 15s`;

const listen = async (answer: () => Promise<string>): Promise<{ port: number; close(): void }> => {
  const server = createServer((_request, response) => {
    answer().then(
      (text) => response.setHeader("content-type", "text/plain; version=0.0.4").end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was assigned");
  return { port: address.port, close: () => server.close() };
};

export interface Observed {
  url: string;
  /** What the internal socket answers to a scrape. */
  metrics(): Promise<string>;
}

export interface Prometheus {
  url: string;
  stop(): Promise<void>;
}

/** Where nothing listens. */
const NO_PORT = 1;

/** Starts all three, or Prometheus `alone`; resolves when it has scraped once. Call `stop` when done. */
export const startPrometheus = async (fountain: Observed, { alone = false } = {}): Promise<Prometheus> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-prometheus-"));
  const guard = createGuard();
  const children: ChildProcess[] = [];
  const run = (program: string, args: string[]): void => {
    const child = spawn(program, args, {
      env: { PATH: process.env["PATH"], HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
      stdio: "ignore",
    });
    guard.watch(program, child.pid);
    children.push(child);
  };
  const write = (name: string, text: string): string => {
    const file = path.join(directory, name);
    writeFileSync(file, text);
    return file;
  };

  let scrapes = 0;
  const scraped = await listen(() => {
    scrapes += 1;
    return fountain.metrics();
  });
  const [prometheusPort, blackboxPort] = await freePorts();
  const caddy = alone ? undefined : await startCaddy(fountain.url);
  if (!alone)
    run("prometheus-blackbox-exporter", [
      `--config.file=${path.join(ROOT, "deploy/prometheus/blackbox.yml")}`,
      `--web.listen-address=127.0.0.1:${blackboxPort}`,
    ]);
  const configuration = adapted("deploy/prometheus/prometheus.yml", {
    "rules.yml": path.join(ROOT, "deploy/prometheus/rules.yml"),
    "15s": "1s",
    "1m": "1s",
    "scrape_timeout: 5s": "scrape_timeout: 1s",
    [REPLICAS.replace("15s", "1s")]: `static_configs: [{ targets: ["127.0.0.1:${scraped.port}"] }]`,
    "caddy:2020": `127.0.0.1:${caddy?.watchPort ?? NO_PORT}`,
    "https://caddy/": `${caddy?.url.replace("localhost", "127.0.0.1") ?? "https://127.0.0.1"}/`,
    "blackbox:9115": `127.0.0.1:${blackboxPort}`,
    "localhost:9090": `127.0.0.1:${prometheusPort}`,
  });
  run("prometheus", [
    `--config.file=${write("prometheus.yml", configuration)}`,
    `--storage.tsdb.path=${path.join(directory, "data")}`,
    `--web.listen-address=127.0.0.1:${prometheusPort}`,
  ]);

  const url = `http://127.0.0.1:${prometheusPort}`;
  await eventually(() => scrapes > 1);
  return {
    url,
    stop: async () => {
      await Promise.all([caddy?.stop(), ...children.map((child) => stopProcess(child))]);
      guard.release();
      scraped.close();
      rmSync(directory, { recursive: true, force: true });
    },
  };
};
