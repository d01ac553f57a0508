/** Changes to the bundles and the configuration of a copy of workerd, which no product has. */
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { CONFIG_FILE } from "../../../runtime/workerd/workerd.ts";

/** A worker of the benchmark's own. */
export interface ExtraWorker {
  name: string;
  source: string;
  /** Bindings to other services, by name. */
  services?: Readonly<Record<string, string>>;
}

const text = (value: string): string => JSON.stringify(value);

/** Replaces text of a file that must be there. */
export const replaceIn = (file: string, from: string, to: string): void => {
  const before = readFileSync(file, "utf8");
  if (!before.includes(from)) throw new Error(`${path.basename(file)} has no ${from} any more`);
  writeFileSync(file, before.replaceAll(from, to));
};

const embedded = (file: string): string => `(name = ${text(file)}, esModule = embed ${text(file)})`;

/** The worker's bundle becomes `product.js` for this module, which stands in its place. */
export const wrapWorker = (directory: string, worker: string, source: (product: string) => string): void => {
  const bundle = `${worker}.js`;
  const product = `product-${bundle}`;
  renameSync(path.join(directory, bundle), path.join(directory, product));
  writeFileSync(path.join(directory, bundle), source(product));
  const config = path.join(directory, CONFIG_FILE);
  replaceIn(config, embedded(bundle), `${embedded(bundle)}, ${embedded(product)}`);
};

const workerService = ({ name, services = {} }: ExtraWorker): string => {
  const bindings = Object.entries(services).map(
    ([binding, service]) => `(name = ${text(binding)}, service = ${text(service)})`,
  );
  return `(name = ${text(name)}, worker = (
    modules = [${embedded(`${name}.js`)}],
    compatibilityDate = "2026-07-01",
    compatibilityFlags = ["nodejs_compat"],
    bindings = [${bindings.join(", ")}],
    globalOutbound = "no-network",
  ))`;
};

export const addWorker = (directory: string, worker: ExtraWorker): void => {
  writeFileSync(path.join(directory, `${worker.name}.js`), worker.source);
  replaceIn(path.join(directory, CONFIG_FILE), "services = [\n", `services = [\n    ${workerService(worker)},\n`);
};

/** Opens a loopback port to a service. */
export const addSocket = (directory: string, service: string, port: number): void => {
  const socket = `(name = ${text(`bench-${service}`)}, http = (), address = "127.0.0.1:${port}", service = ${text(service)})`;
  replaceIn(path.join(directory, CONFIG_FILE), "sockets = [\n", `sockets = [\n    ${socket},\n`);
};
