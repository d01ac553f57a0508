/** The private entrypoint of the gateway. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { GatewayInternalRpc } from "#shared/contracts/internal.ts";
import { exposition } from "#shared/observability/instruments.ts";
import { writeLinesAtOnce } from "#shared/observability/lines.ts";
import type { GatewayServices } from "./composition/services.ts";

export const createEntrypoints = (connect: (bindings: unknown) => GatewayServices) => ({
  Internal: class extends WorkerEntrypoint implements GatewayInternalRpc {
    async writeLogAtOnce(): Promise<void> {
      writeLinesAtOnce();
    }

    metrics(): Promise<string> {
      return exposition();
    }

    drain(): Promise<void> {
      return connect(this.env).drain();
    }
  },
});
