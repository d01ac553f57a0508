/** What a worker exports: its request handler, and its maintenance and metrics for the operator. */
import { WorkerEntrypoint, waitUntil } from "cloudflare:workers";
import type { InternalRpc } from "../contracts/internal.ts";
import { sleep } from "../lang/sleep.ts";
import { exposition } from "../observability/instruments.ts";
import { writeLinesAtOnce, writeLinesInBatches } from "../observability/lines.ts";

interface App {
  fetch: (
    request: Request,
    bindings: Record<string, unknown>,
    context: ExecutionContext,
  ) => Response | Promise<Response>;
}

/** What a worker does from time to time; harmless when done twice at once. */
export interface Maintained {
  runMaintenance: () => Promise<void>;
}

/**
 * Writes log lines in batches where the runtime's configuration says so: workerd's own, whose `Internal` is notified before the
 * end. workerd waits for no timer when it ends. On the edge a line belongs to its request and is not held.
 */
const batchLogLines = (): void => {
  if (process.env["LOG_IN_BATCHES"] !== "1") return;
  writeLinesInBatches((flush, afterMs) => waitUntil(sleep(afterMs).then(flush)));
};

/** The handlers that Cloudflare calls; elsewhere the runtime starts maintenance over `Internal`. */
export const createWorker = (app: App, runMaintenance: (bindings: unknown) => Promise<unknown>) => {
  batchLogLines();
  return {
    fetch: app.fetch,
    scheduled: async (_trigger: ScheduledController, bindings: unknown): Promise<void> => {
      await runMaintenance(bindings);
    },
  };
};

/** The private entrypoint `Internal` of a worker; `measure` sets what is measured at the moment of asking. */
export const createInternal = <Services extends Maintained>(
  connect: (bindings: unknown) => Services,
  measure: (services: Services) => Promise<void> = () => Promise.resolve(),
) =>
  class extends WorkerEntrypoint implements InternalRpc {
    runScheduled(): Promise<void> {
      return connect(this.env).runMaintenance();
    }

    async metrics(): Promise<string> {
      await measure(connect(this.env));
      return exposition();
    }

    async writeLogAtOnce(): Promise<void> {
      writeLinesAtOnce();
    }
  };
