import { z } from "zod";
import { databaseBindings, kmsRpc, verifierBindings } from "#shared/http/bindings.ts";
import { channelBindings } from "./channels/settings.ts";
import { relyingPartyBindings } from "./composition/relying-party.ts";

export const envSchema = z.object({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  ...databaseBindings,
  ...channelBindings,
  ...relyingPartyBindings,
});
