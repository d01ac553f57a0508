/** `npm run deploy -- staging|production [--dry-run]`: puts all workers on Cloudflare's edge, callees first. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type Client, createClient } from "@libsql/client/http";
import { z } from "zod";
import { migrateDatabase } from "../libsql/migrate.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { readTopology, type Topology } from "../workerd/topology.ts";
import { databasesOf, type EdgeWorker, MAX_COMPRESSED_BYTES, readEdge, STAGES, type Stage } from "./edge.ts";
import { checkEdgeSettings, ROLE_OWNER, stepUpFaults } from "./settings.ts";

const ROOT = path.join(import.meta.dirname, "..", "..");
const WRANGLER = path.join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
const SMOKE_PATHS = ["/health", "/ready", "/.well-known/jwks.json"];
const SMOKE_TIMEOUT_MS = 15_000;

const say = (line: string): void => console.log(line);

const wrangler = async (worker: EdgeWorker, stage: Stage, args: readonly string[]): Promise<string> => {
  const command = [WRANGLER, ...args, "--config", worker.file, "--env", stage];
  const environment = { ...process.env, WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" };
  try {
    return (await promisify(execFile)(process.execPath, command, { cwd: ROOT, env: environment })).stdout;
  } catch (cause) {
    const output = z.object({ stderr: z.string() }).safeParse(cause).data?.stderr ?? "";
    const reason = output.split("\n").find((line) => line.includes("ERROR")) ?? reasonOf(cause);
    throw new OperatorError(`wrangler ${args[0]} of ${worker.name} failed: ${reason.trim()}`, { cause });
  }
};

const assertSecretsSet = async (worker: EdgeWorker, stage: Stage): Promise<void> => {
  const listed = z
    .array(z.object({ name: z.string() }))
    .parse(JSON.parse(await wrangler(worker, stage, ["secret", "list"])));
  const present = new Set(listed.map(({ name }) => name));
  const missing = worker.secrets.find((name) => !present.has(name));
  if (missing === undefined) return;
  const command = `npx wrangler secret put ${missing} --config ${worker.file} --env ${stage}`;
  throw new OperatorError(`${worker.name} has no secret ${missing}: set it with \`${command}\``);
};

/** Bundles without uploading, and says how large the bundle is. */
const dryRun = async (worker: EdgeWorker, stage: Stage): Promise<void> => {
  const directory = mkdtempSync(path.join(tmpdir(), "fountain-deploy-"));
  try {
    await wrangler(worker, stage, ["deploy", "--dry-run", "--outdir", directory]);
    const bytes = gzipSync(readFileSync(path.join(directory, "index.js"))).length;
    if (bytes > MAX_COMPRESSED_BYTES)
      throw new OperatorError(
        `${worker.name} is too large: ${bytes} bytes compressed, ${MAX_COMPRESSED_BYTES} at most`,
      );
    say(
      `${worker.name}: ${Math.round(bytes / 1000)} kB compressed, ${worker.secrets.length} secrets, calls ${worker.callees.join(", ") || "no worker"}`,
    );
  } finally {
    rmSync(directory, { recursive: true });
  }
};

/** Warns of settings that have no effect. Throws {@link OperatorError} with a line for each that is not usable. */
const assertSettings = (workers: readonly EdgeWorker[], stage: Stage): void => {
  const { faults, warnings } = checkEdgeSettings(workers, stage, process.env);
  for (const warning of warnings) console.error(`Fountain: ${warning}`);
  if (faults.length > 0) throw new OperatorError(faults.join("\n"));
};

const dryRunAll = async (topology: Topology, stage: Stage): Promise<void> => {
  const workers = readEdge(topology, stage);
  assertSettings(workers, stage);
  for (const worker of workers) await dryRun(worker, stage);
};

/** Throws {@link OperatorError} when a second factor is demanded of a role that does not exist. */
const assertRoles = async (workers: readonly EdgeWorker[], client: Client): Promise<void> => {
  const { rows } = await client.execute("SELECT name FROM roles ORDER BY name");
  const [fault] = stepUpFaults(
    workers,
    rows.map((row) => String(row["name"])),
  );
  if (fault !== undefined) throw new OperatorError(fault);
};

const migrate = async (topology: Topology, workers: readonly EdgeWorker[]): Promise<void> => {
  for (const { worker, url, token } of databasesOf(workers, process.env)) {
    const client = createClient({ url, authToken: token });
    try {
      await migrateDatabase(topology, worker, client);
      if (worker.worker === ROLE_OWNER) await assertRoles(workers, client);
    } finally {
      client.close();
    }
    say(`${worker.name}: the database is up to date`);
  }
};

const smokeTest = async (url: string): Promise<void> => {
  for (const pathname of SMOKE_PATHS) {
    const response = await fetch(new URL(pathname, url), { signal: AbortSignal.timeout(SMOKE_TIMEOUT_MS) }).catch(
      (cause) => {
        throw new OperatorError(`${url}${pathname} is not responding: ${reasonOf(cause)}`, { cause });
      },
    );
    if (!response.ok)
      throw new OperatorError(`${url}${pathname} responded ${response.status}: ${await response.text()}`);
    say(`${pathname}: ${response.status}`);
  }
};

const deploy = async (topology: Topology, stage: Stage): Promise<void> => {
  const url = process.env["PUBLIC_URL"];
  if (!url) throw new OperatorError("the smoke test needs PUBLIC_URL: set it, as docs/edge.md says");
  const workers = readEdge(topology, stage);
  assertSettings(workers, stage);
  databasesOf(workers, process.env);
  for (const worker of workers) await assertSecretsSet(worker, stage);
  await migrate(topology, workers);
  for (const worker of workers) {
    await wrangler(worker, stage, ["deploy"]);
    say(`${worker.name}: deployed`);
  }
  await smokeTest(url);
};

const stagesOf = (args: readonly string[]): readonly Stage[] => {
  const named = args.filter((arg) => arg !== "--dry-run");
  const stages = STAGES.filter((stage) => named.includes(stage));
  if (stages.length !== named.length || stages.length > 1)
    throw new OperatorError(
      "name the environment: npm run deploy -- staging (or production); --dry-run deploys nothing",
    );
  return stages;
};

const run = async (args: readonly string[]): Promise<void> => {
  const [stage] = stagesOf(args);
  const topology = readTopology(ROOT);
  if (args.includes("--dry-run")) {
    await Promise.all((stage ? [stage] : STAGES).map((each) => dryRunAll(topology, each)));
    return;
  }
  if (!stage) throw new OperatorError("name the environment: npm run deploy -- staging (or production)");
  await deploy(topology, stage);
};

try {
  await run(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof OperatorError)) throw error;
  for (const line of error.message.split("\n")) console.error(`Fountain: ${line}`);
  process.exitCode = 1;
}
