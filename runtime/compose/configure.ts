/**
 * The one-shot job `configure` of the Compose stack: makes what is configured at the gateway what the mounted file says, over
 * workerd's internal socket. Harmless when run again, and without a file.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { faultsIn } from "../configuration/apply.ts";
import { OperatorError, reasonOf } from "../local/operator-error.ts";
import { DATABASE_TOKEN } from "../workerd/topology.ts";
import { mountedConfiguration } from "./mounted-configuration.ts";
import { mountedSecret } from "./mounted-secrets.ts";
import { composeSecret } from "./secrets.ts";

const TIMEOUT_MS = 30_000;
const PATIENCE_MS = 60_000;
const RETRY_MS = 1_000;

/** Posts it until workerd responds. Throws {@link OperatorError} when it does not within a minute. */
const post = async (url: string, init: RequestInit): Promise<string> => {
  const giveUpAtMs = Date.now() + PATIENCE_MS;
  for (;;) {
    const reason = await fetch(url, { ...init, method: "POST", signal: AbortSignal.timeout(TIMEOUT_MS) }).then(
      async (response) => (response.status === 200 ? response : `${response.status} ${await response.text()}`),
      reasonOf,
    );
    if (typeof reason !== "string") return reason.text();
    if (Date.now() > giveUpAtMs) throw new OperatorError(`the configuration cannot be applied: ${reason}`);
    await sleep(RETRY_MS);
  }
};

const configure = async (): Promise<string> => {
  const mounted = mountedConfiguration();
  if (mounted === undefined) return "There is no configuration file: what is configured stays as it is.";
  if (mounted.faults.length > 0) throw new OperatorError(mounted.faults.join("\nFountain: "));
  const workerd = process.env["WORKERD_INTERNAL"] ?? "http://workerd:8788";
  const token = mountedSecret(composeSecret("gateway", DATABASE_TOKEN));
  const response = await post(`${workerd}/configuration`, {
    headers: { authorization: `Bearer ${token}` },
    body: JSON.stringify(mounted.content ?? null),
  });
  const faults = faultsIn(response);
  if (faults.length > 0) throw new OperatorError(faults.join("\nFountain: "));
  return "The gateway is configured as the file says.";
};

try {
  console.log(await configure());
} catch (error) {
  console.error(`Fountain: ${error instanceof OperatorError ? error.message : reasonOf(error)}`);
  process.exitCode = 1;
}
