/** What a worker exports: its request handler, and its maintenance and metrics for the operator. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { InternalRpc } from "../contracts/internal.ts";
import { exposition } from "../observability/instruments.ts";

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

/** The handlers that Cloudflare calls; elsewhere the runtime starts maintenance over `Internal`. */
export const createWorker = (app: App, runMaintenance: (bindings: unknown) => Promise<unknown>) => ({
  fetch: app.fetch,
  scheduled: async (_trigger: ScheduledController, bindings: unknown): Promise<void> => {
    await runMaintenance(bindings);
  },
});

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
  };
