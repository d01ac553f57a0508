/** What is measured of service-a whenever its numbers are asked for. */

import { withinTime } from "#shared/lang/deadline.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { setOutboxDeadLetters, setOutboxDepth, setOutboxOldestAge } from "#shared/observability/metrics.ts";
import type { ServiceAServices } from "./services.ts";

/** A scrape waits for two seconds, and the other metrics matter most when the database does not respond. */
const BACKLOG_TIMEOUT_MS = 1_000;

const backlogOf = async ({ outbox }: ServiceAServices) => {
  try {
    return await withinTime(outbox.backlog(), BACKLOG_TIMEOUT_MS);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    return undefined;
  }
};

/** Without the database there is nothing to report: an old value would be wrong. */
export const measureBacklog = async (services: ServiceAServices): Promise<void> => {
  const backlog = await backlogOf(services);
  const oldestAtMs = backlog && (backlog.oldestAtMs ?? services.now());
  setOutboxDepth(backlog?.depth);
  setOutboxDeadLetters(backlog?.deadLetters);
  setOutboxOldestAge(oldestAtMs && (services.now() - oldestAtMs) / 1000);
};
