/** The private entrypoint of service-a: what the runtime asks. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { InternalRpc } from "#shared/contracts/internal.ts";
import { isUnavailable } from "#shared/db/database.ts";
import { withinTime } from "#shared/http/deadline.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { setOutboxDeadLetters, setOutboxDepth, setOutboxOldestAge } from "#shared/observability/metrics.ts";
import type { ServiceAServices } from "./services.ts";

/** A scrape waits for two seconds, and the other numbers matter most when the database does not answer. */
const BACKLOG_TIMEOUT_MS = 1_000;

const backlogOf = async ({ outbox }: ServiceAServices) => {
  try {
    return await withinTime(outbox.backlog(), BACKLOG_TIMEOUT_MS);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return undefined;
  }
};

/** Without the database there is nothing to tell: an old number would be a wrong one. */
const measureBacklog = async (services: ServiceAServices): Promise<void> => {
  const backlog = await backlogOf(services);
  const oldestAtMs = backlog && (backlog.oldestAtMs ?? services.now());
  setOutboxDepth(backlog?.depth);
  setOutboxDeadLetters(backlog?.deadLetters);
  setOutboxOldestAge(oldestAtMs && (services.now() - oldestAtMs) / 1000);
};

export const createEntrypoints = (connect: (bindings: unknown) => ServiceAServices) => ({
  Internal: class extends WorkerEntrypoint implements InternalRpc {
    runScheduled(): Promise<void> {
      return connect(this.env).runChores();
    }

    async metrics(): Promise<string> {
      await measureBacklog(connect(this.env));
      return exposition();
    }
  },
});
