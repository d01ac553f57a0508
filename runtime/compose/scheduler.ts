/**
 * The `scheduler` of the Compose stack: creates the first administrator, then runs every worker's maintenance over
 * workerd's internal socket, for ever. Takes the folder with the wrangler files.
 */
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { createLog } from "../../shared/observability/log.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { startScheduler } from "../local/scheduler.ts";
import { readTopology } from "../workerd/topology.ts";
import { isSecretGiven, mountedSecret } from "./mounted-secrets.ts";

const MAINTENANCE_INTERVAL_MS = 10_000;
const MAINTENANCE_TIMEOUT_MS = 60_000;
const ADMINISTRATOR_TIMEOUT_MS = 15_000;
const RETRY_MS = 2_000;

/** Touched once there is an administrator, and whenever a worker's maintenance succeeds; the health check looks at it. */
const HEARTBEAT = "/tmp/heartbeat";
const beat = (): void => writeFileSync(HEARTBEAT, "");

const log = createLog("scheduler");

interface Reply {
  status: number;
  text: string;
}

const postTo =
  (workerd: string) =>
  async (path: string, body: string, timeoutMs: number): Promise<Reply> => {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(`${workerd}${path}`, { method: "POST", body, signal });
    return { status: response.status, text: await response.text() };
  };

type Post = ReturnType<typeof postTo>;

const OUTCOMES: Readonly<Record<string, string>> = {
  created: "was created; the password is in secrets/admin_password",
  exists: "was not created, because users already exist",
};

const FAULTS: Readonly<Record<string, string>> = {
  invalid: "secrets/admin_password must have at least 12 characters, and ADMIN_USERNAME must be a valid username",
  "wrong-secret-key": "the data was encrypted with another kms_secret_key: restore the original",
};

/** Creates the administrator of a new installation as soon as workerd responds. Throws {@link OperatorError}. */
const createAdministrator = async (post: Post, username: string): Promise<void> => {
  const body = JSON.stringify({ username, password: mountedSecret("admin_password") });
  for (let failed = false; ; failed = true) {
    const reply = await post("/administrator", body, ADMINISTRATOR_TIMEOUT_MS).catch((error: unknown) => ({
      status: 0,
      text: reasonOf(error),
    }));
    if (reply.status === 200) {
      const outcome = OUTCOMES[reply.text];
      if (outcome === undefined) throw new OperatorError(`no administrator: ${FAULTS[reply.text] ?? reply.text}`);
      beat();
      return log("info", "administrator", { message: `the administrator "${username}" ${outcome}` });
    }
    const message = `the administrator cannot be created yet (${reply.status} ${reply.text}): retrying`;
    if (!failed) log("error", "administrator", { message });
    await sleep(RETRY_MS);
  }
};

const runMaintenanceWith = (post: Post) => async (worker: string) => {
  const { status, text } = await post(`/cron/${worker}`, "", MAINTENANCE_TIMEOUT_MS);
  if (status !== 204) throw new Error(text || `status ${status}`);
  beat();
};

/** Alerts that reach no one are worse than none: the operator believes that they would. */
const reportReceivers = (): void => {
  const { ALERT_EMAIL, ALERT_WEBHOOK } = process.env;
  if (ALERT_EMAIL || ALERT_WEBHOOK || isSecretGiven("alert_webhook")) return;
  log("warn", "alerts", {
    message: "NO ONE RECEIVES ALERTS: set ALERT_EMAIL or ALERT_WEBHOOK in .env, and run the profile observability",
  });
};

try {
  reportReceivers();
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => process.exit(0));
  const { workers } = readTopology(process.argv[2] ?? ".");
  const post = postTo(process.env["WORKERD_INTERNAL"] ?? "http://workerd:8788");
  await createAdministrator(post, process.env["ADMIN_USERNAME"] || "admin");
  startScheduler({
    workers: workers.filter(({ crons }) => crons.length > 0).map(({ worker }) => worker),
    intervalMs: MAINTENANCE_INTERVAL_MS,
    runMaintenance: runMaintenanceWith(post),
    onChange: (message) => log(message.endsWith("again") ? "info" : "error", "maintenance", { message }),
  });
} catch (error) {
  log("error", "stopped", { message: reasonOf(error) });
  process.exitCode = 1;
}
