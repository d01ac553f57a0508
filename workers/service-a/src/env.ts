import { z } from "zod";
import type { SearchRpc } from "#shared/contracts/search.ts";
import { databaseBindings, kmsRpc, publicUrl, rpc } from "#shared/http/bindings.ts";

export const envSchema = z.object({
  PUBLIC_URL: publicUrl,
  KMS_RPC: kmsRpc,
  SEARCH_RPC: rpc<SearchRpc>(),
  ...databaseBindings,
});
