/** The private entrypoint of service-a that other workers call. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { Contributions } from "#shared/contracts/personal-data.ts";
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import { failure, type RpcResult, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { takeRequest } from "#shared/rpc/request-context.ts";
import type { ServiceAServices } from "./composition/services.ts";

export const createRpc = (connect: (bindings: unknown) => ServiceAServices) =>
  class Rpc extends WorkerEntrypoint implements ServiceARpc {
    static {
      takeRequest(Rpc);
    }

    async contributionsOf(author: string): Promise<RpcResult<Contributions>> {
      try {
        return success(await connect(this.env).contributionsOf(author));
      } catch (error) {
        if (isUnavailable(error)) return failure("unavailable");
        throw error;
      }
    }
  };
