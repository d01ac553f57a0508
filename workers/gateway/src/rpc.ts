/** The private entrypoint of the gateway. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { MetricsRpc } from "#shared/contracts/internal.ts";
import { exposition } from "#shared/observability/instruments.ts";

export class Internal extends WorkerEntrypoint implements MetricsRpc {
  metrics(): Promise<string> {
    return exposition();
  }
}
