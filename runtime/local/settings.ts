/** What the operator set for `npm start`, once it has been checked: see runtime/settings/local.ts. */
import path from "node:path";
import { processCount } from "../workerd/processes.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** How what the workers log is shown: as it is, or in lines for people. */
export type LogFormat = "json" | "pretty";

export interface Settings {
  readonly port: number;
  /** Where callers reach it. */
  readonly publicUrl: string;
  /** Where Prometheus reads the metrics of all workers; unset: only on the internal socket. */
  readonly metricsPort: number | undefined;
  /** How many processes of workerd serve the port. */
  readonly processes: number;
  /** Absolute path of FOUNTAIN_HOME. */
  readonly home: string;
  /** Whether mails are sent; else they are kept in FOUNTAIN_HOME. */
  readonly sendsMails: boolean;
  readonly adminUsername: string;
  /** Unset: one is generated for the first administrator. */
  readonly adminPassword: string | undefined;
  /** Unset: `pretty` on a terminal. */
  readonly logFormat: LogFormat | undefined;
  /** The environment itself: workers' vars and secrets are looked up in it by name. */
  readonly environment: Environment;
}

export const DEFAULT_PORT = 8787;

/** FOUNTAIN_HOME as an absolute path. */
export const homeIn = ({ FOUNTAIN_HOME }: Environment, root: string): string =>
  path.resolve(root, FOUNTAIN_HOME || ".fountain");

const logFormatIn = ({ LOG_FORMAT }: Environment): LogFormat | undefined =>
  LOG_FORMAT === "json" || LOG_FORMAT === "pretty" ? LOG_FORMAT : undefined;

/** The settings in an environment whose variables are all usable; one that is set to nothing counts as unset. */
export const readSettings = (environment: Environment, root: string): Settings => ({
  port: Number(environment["PORT"] || DEFAULT_PORT),
  publicUrl: environment["PUBLIC_URL"] || `http://localhost:${environment["PORT"] || DEFAULT_PORT}`,
  metricsPort: environment["METRICS_PORT"] ? Number(environment["METRICS_PORT"]) : undefined,
  processes: processCount(environment),
  home: homeIn(environment, root),
  sendsMails: ["SMTP_URL", "SMTP_HOST", "MESSAGE_WEBHOOK_URL"].some((name) => environment[name]),
  adminUsername: environment["ADMIN_USERNAME"] || "admin",
  adminPassword: environment["ADMIN_PASSWORD"] || undefined,
  logFormat: logFormatIn(environment),
  environment,
});
