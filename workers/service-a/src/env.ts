import { z } from "zod";
import type { SearchRpc } from "#shared/contracts/search.ts";
import { databaseBindings, kmsRpc, rpc, verifierBindings } from "#shared/http/bindings.ts";

export const envSchema = z.object({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  SEARCH_RPC: rpc<SearchRpc>("search"),
  ...databaseBindings,
});
