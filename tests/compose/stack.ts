/** A Compose stack of the test run's own: its own project, networks, volumes, secrets and ports. */
import { execFile, execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { ensureComposeSecrets } from "../../runtime/compose/secrets.ts";
import { assertPortFree } from "../../runtime/local/ports.ts";
import { readTopology } from "../../runtime/workerd/topology.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");

const FIRST_PORT = 28_080;
const FIRST_EPHEMERAL_PORT = 32_768;
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;
const PATIENCE_MS = 60_000;
const POLL_MS = 200;
/** So long after its start Caddy knows which replicas there are: an interval and a time-out of its probes. */
export const PROBED_AFTER_MS = 5_000;
/** For what is asked of Docker: its command line costs much of what is to be measured. */
const SLOW_POLL_MS = 1_000;

/** Where the stack is; plain data, so that it can be handed from the setup to the tests. */
export interface StackPlace {
  directory: string;
  project: string;
  subnet: string;
  httpPort: number;
  httpsPort: number;
  /** Where the profile `mail` shows mails. */
  mailPort: number;
}

const run = promisify(execFile);

/** What a command printed on its standard output. Rejects, with all it said, when it ends with another code than 0. */
export const command = async (file: string, ...args: string[]): Promise<string> =>
  (await run(file, args, { cwd: ROOT, maxBuffer: MAX_OUTPUT_BYTES })).stdout;

export const docker = (...args: string[]): Promise<string> => command("docker", ...args);

/** Replaces the replicas of workerd one by one, as an operator does. */
export const rollingRestart = async (place: StackPlace): Promise<void> => {
  const env = { ...process.env, COMPOSE: composeCommand(place).join(" ") };
  await run(path.join(ROOT, "deploy", "rolling-restart.sh"), { cwd: ROOT, env });
};

/** Waits until a service has this many containers, all of them healthy. */
export const waitForHealthy = async (place: StackPlace, service: string, count: number): Promise<void> => {
  await eventually(async () => {
    const states = await docker("inspect", "-f", "{{.State.Health.Status}}", ...(await containers(place, service)));
    return states === "healthy\n".repeat(count);
  }, SLOW_POLL_MS);
};

/** A field of a container, image or network, by its template. */
export const inspect = async (what: string, template: string): Promise<string> =>
  (await docker("inspect", "-f", template, what)).trim();

/** Everything a container wrote so far. */
export const logs = async (id: string): Promise<string> => {
  const { stdout, stderr } = await run("docker", ["logs", id], { maxBuffer: MAX_OUTPUT_BYTES });
  return stdout + stderr;
};

/** Whether it is Compose v2 or later, which replaces containers before it looks at what they depend on. */
export const isPlugin = (): boolean => {
  try {
    execFileSync("docker", ["compose", "version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
};

/** `docker compose` or `docker-compose`, whichever there is, for this stack. */
export const composeCommand = ({ directory, project }: StackPlace): string[] => [
  ...(isPlugin() ? ["docker", "compose"] : ["docker-compose"]),
  "--env-file",
  path.join(directory, ".env"),
  "--project-name",
  project,
];

export const compose = (place: StackPlace, ...args: string[]): Promise<string> => {
  const [file = "", ...before] = composeCommand(place);
  return command(file, ...before, ...args);
};

/**
 * Three free ports below those that the kernel gives to outgoing connections: a container that restarts finds its own port
 * free again.
 */
const steadyPorts = async (): Promise<[number, number, number]> => {
  for (let port = FIRST_PORT; port < FIRST_EPHEMERAL_PORT; port += 3) {
    const free = await Promise.all([port, port + 1, port + 2].map((each) => assertPortFree(each))).then(
      () => true,
      () => false,
    );
    if (free) return [port, port + 1, port + 2];
  }
  throw new Error("no three ports are free");
};

/** A place in this empty folder, with secrets and settings, for a stack that is yet to be started. */
export const createPlace = async (directory: string): Promise<StackPlace> => {
  const [httpPort, httpsPort, mailPort] = await steadyPorts();
  const subnet = `10.${200 + (process.pid % 50)}`;
  const project = path.basename(directory).toLowerCase();
  const secrets = path.join(directory, "secrets");
  await ensureComposeSecrets(readTopology(ROOT), secrets);
  const environment = {
    SUBNET: subnet,
    HTTP_PORT: `127.0.0.1:${httpPort}`,
    HTTPS_PORT: `127.0.0.1:${httpsPort}`,
    FOUNTAIN_VERSION: "test",
    MAIL_PORT: String(mailPort),
    // On every machine, however many processors it has.
    WORKERS: "1",
    SECRETS_DIR: secrets,
    ENV_FILE: path.join(directory, ".env"),
  };
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(path.join(directory, ".env"), lines.join(""));
  return { directory, project, subnet, httpPort, httpsPort, mailPort };
};

/** Ends everything and removes containers, networks and volumes. */
export const removeStack = async (place: StackPlace): Promise<void> => {
  await compose(place, "down", "--volumes", "--remove-orphans", "--timeout", "5");
};

export const secret = ({ directory }: StackPlace, name: string): string =>
  readFileSync(path.join(directory, "secrets", name), "utf8").trim();

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** The ids of a service's containers, or of all. */
export const containers = async (place: StackPlace, service?: string): Promise<string[]> => {
  const filters = [`label=com.docker.compose.project=${place.project}`];
  if (service !== undefined) filters.push(`label=com.docker.compose.service=${service}`);
  return lines(await docker("ps", "-aq", ...filters.flatMap((filter) => ["--filter", filter])));
};

/** The one container of a service. */
export const container = async (place: StackPlace, service: string): Promise<string> => {
  const [only, ...others] = await containers(place, service);
  if (only === undefined || others.length > 0) throw new Error(`${service} has not exactly one container`);
  return only;
};

/** Polls until the check holds, and returns after how many milliseconds it did. Rejects after a minute. */
export const eventually = async (check: () => boolean | Promise<boolean>, pollMs = POLL_MS): Promise<number> => {
  const startedAtMs = Date.now();
  while (!(await check())) {
    if (Date.now() - startedAtMs > PATIENCE_MS) throw new Error(`it did not come true within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return Date.now() - startedAtMs;
};

/** Caddy's own authority, which signed the certificate for localhost. */
export const rootCertificate = async (place: StackPlace): Promise<string> =>
  docker("exec", await container(place, "caddy"), "cat", "/state/data/caddy/pki/authorities/local/root.crt");

export const baseUrl = ({ httpsPort }: StackPlace): string => `https://localhost:${httpsPort}`;

/** Does this address answer, and well? */
export const answers = (url: string): Promise<boolean> =>
  fetch(url).then(
    (response) => response.ok,
    () => false,
  );
