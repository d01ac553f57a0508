import type { SearchRpc } from "#shared/contracts/search.ts";
import { databaseBindings, kmsRpc, rpc, verifierBindings } from "#shared/http/bindings.ts";
import { settingsSchema } from "#shared/settings/settings.ts";

export const envSchema = settingsSchema({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  SEARCH_RPC: rpc<SearchRpc>("search"),
  ...databaseBindings,
});
