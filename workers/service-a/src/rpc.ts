/** The private entrypoint of service-a: what the runtime asks. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { InternalRpc } from "#shared/contracts/internal.ts";
import { isUnavailable } from "#shared/db/database.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { setOutboxDepth, setOutboxOldestAge } from "#shared/observability/metrics.ts";
import type { ServiceAServices } from "./services.ts";

/** Without the database the numbers stay as they were. */
const measureBacklog = async ({ outbox, now }: ServiceAServices): Promise<void> => {
  try {
    const { depth, oldestAtMs } = await outbox.backlog();
    setOutboxDepth(depth);
    setOutboxOldestAge(oldestAtMs === undefined ? 0 : (now() - oldestAtMs) / 1000);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
  }
};

export const createEntrypoints = (connect: (bindings: unknown) => ServiceAServices) => ({
  Internal: class extends WorkerEntrypoint implements InternalRpc {
    async runScheduled(): Promise<void> {
      await connect(this.env).drainOutbox();
    }

    async metrics(): Promise<string> {
      await measureBacklog(connect(this.env));
      return exposition();
    }
  },
});
