/** The private entrypoint of the gateway. */
import type { GatewayInternalRpc } from "#shared/contracts/internal.ts";
import { createInternal } from "#shared/http/worker.ts";
import type { GatewayServices } from "./composition/services.ts";

export const createGatewayInternal = (connect: (bindings: unknown) => GatewayServices) =>
  class extends createInternal(connect) implements GatewayInternalRpc {
    drain(): Promise<void> {
      return connect(this.env).drain();
    }
  };
