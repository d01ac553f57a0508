/** The private entrypoint of service-a that other workers call. */
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import { success } from "#shared/lang/result.ts";
import { serve } from "#shared/rpc/serve.ts";
import type { ServiceAServices } from "./composition/services.ts";

export const createRpc = (connect: (bindings: unknown) => ServiceAServices) =>
  serve<ServiceARpc, ServiceAServices>("service-a", connect, {
    contributionsOf: async (services, author) => success(await services.contributionsOf(author)),
  });
