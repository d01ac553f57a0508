import { z } from "zod";
import { databaseBindings, kmsRpc, verifierBindings } from "#shared/http/bindings.ts";
import { channelBindings } from "./channel-settings.ts";
import { relyingPartyBindings } from "./relying-party.ts";

export const envSchema = z.object({
  ...verifierBindings,
  KMS_RPC: kmsRpc,
  ...databaseBindings,
  ...channelBindings,
  ...relyingPartyBindings,
});
