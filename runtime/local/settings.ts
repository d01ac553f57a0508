/** What the operator may set for `npm start`, read once from the environment. */
import path from "node:path";
import { parseNodeUrls } from "../../workers/search/src/typesense/node-urls.ts";
import { OperatorError } from "./operator-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Settings {
  readonly port: number;
  /** Where Prometheus reads the metrics of all workers; unset: only on the internal socket. */
  readonly metricsPort: number | undefined;
  /** Absolute path of FOUNTAIN_HOME. */
  readonly home: string;
  readonly adminUsername: string;
  /** Unset: one is generated for the first administrator. */
  readonly adminPassword: string | undefined;
  /** URLs of the nodes of a Typesense cluster; none: search runs on libSQL full-text. */
  readonly typesenseNodes: readonly string[];
  /** The environment itself: workers' vars and secrets are looked up in it by name. */
  readonly environment: Environment;
}

export const DEFAULT_PORT = 8787;

const parsePort = (variable: string, text: string): number => {
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  throw new OperatorError(`${variable} is "${text}": set it to a number from 1 to 65535`);
};

const parseTypesense = ({ TYPESENSE_NODES = "", TYPESENSE_API_KEY }: Environment): readonly string[] => {
  const nodes = parseNodeUrls(TYPESENSE_NODES);
  if (!nodes.ok)
    throw new OperatorError(
      `TYPESENSE_NODES: ${nodes.error.detail}: set it to URLs such as http://localhost:8108, with commas`,
    );
  if (nodes.value.length > 0 && !TYPESENSE_API_KEY)
    throw new OperatorError("TYPESENSE_NODES is set without TYPESENSE_API_KEY: set that to the cluster's admin key");
  return nodes.value;
};

/** The settings in an environment; a variable set to nothing counts as unset. Throws {@link OperatorError}. */
export const readSettings = (environment: Environment, root: string): Settings => ({
  port: parsePort("PORT", environment["PORT"] || String(DEFAULT_PORT)),
  metricsPort: environment["METRICS_PORT"] ? parsePort("METRICS_PORT", environment["METRICS_PORT"]) : undefined,
  home: path.resolve(root, environment["FOUNTAIN_HOME"] || ".fountain"),
  adminUsername: environment["ADMIN_USERNAME"] || "admin",
  adminPassword: environment["ADMIN_PASSWORD"] || undefined,
  typesenseNodes: parseTypesense(environment),
  environment,
});
