/** The private entrypoint of search that other workers call. */
import type { SearchRpc } from "#shared/contracts/search.ts";
import { success } from "#shared/lang/result.ts";
import { serve } from "#shared/rpc/serve.ts";
import type { SearchServices } from "./composition/services.ts";
import { syncDocuments } from "./sync/sync.ts";

export const createRpc = (connect: (bindings: unknown) => SearchServices) =>
  serve<SearchRpc, SearchServices>("search", connect, {
    sync: async ({ engine, now }, operations) => {
      const defaults = { service_name: "", updated_at: Math.floor(now() / 1000) };
      return success(await syncDocuments(engine, operations, defaults));
    },
  });
