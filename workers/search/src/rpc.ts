/** The private entrypoint of search, for other workers. */
import { WorkerEntrypoint } from "cloudflare:workers";
import type { SearchRpc, SyncOperation, SyncResult } from "#shared/contracts/search.ts";
import { failure, type RpcResult, success } from "#shared/lang/result.ts";
import { isUnavailable } from "#shared/lang/unavailable.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { takeRequest } from "#shared/rpc/request-context.ts";
import type { SearchServices } from "./composition/services.ts";
import { syncDocuments } from "./sync/sync.ts";

const log = createLog("search");

/** An unavailable database is a result, not an exception. */
const guarded = async <Value>(work: Promise<Value>): Promise<RpcResult<Value>> => {
  try {
    return success(await work);
  } catch (error) {
    if (!isUnavailable(error)) throw error;
    log("error", "unavailable", { error: describeError(error) });
    return failure("unavailable");
  }
};

/** Creates the entrypoint of a worker that `connect` composes. */
export const createEntrypoints = (connect: (bindings: unknown) => SearchServices) => ({
  Rpc: class Rpc extends WorkerEntrypoint implements SearchRpc {
    static {
      takeRequest(Rpc);
    }

    async sync(operations: SyncOperation[]): Promise<RpcResult<SyncResult[]>> {
      const { engine, now } = connect(this.env);
      const defaults = { service_name: "", updated_at: Math.floor(now() / 1000) };
      return guarded(syncDocuments(engine, operations, defaults));
    }
  },
});
