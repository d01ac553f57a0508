/** The private entrypoint of service-a: what the runtime asks. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { InternalRpc } from "#shared/contracts/internal.ts";
import { exposition } from "#shared/observability/instruments.ts";
import type { ServiceAServices } from "./services.ts";

export const createEntrypoints = (connect: (bindings: unknown) => ServiceAServices) => ({
  Internal: class extends WorkerEntrypoint implements InternalRpc {
    async runScheduled(): Promise<void> {
      await connect(this.env).drainOutbox();
    }

    metrics(): Promise<string> {
      return exposition();
    }
  },
});
