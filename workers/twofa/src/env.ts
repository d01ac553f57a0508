import { databaseBindings, kmsRpc, verifierBindings } from "#shared/http/bindings.ts";
import { installationBindings } from "#shared/settings/installation.ts";
import { settingsSchema } from "#shared/settings/settings.ts";
import { registrationBinding } from "#shared/settings/sign-in.ts";
import { channelBindings, channelRules, signUpRule } from "./channels/settings.ts";
import { relyingPartyBindings, relyingPartyRules } from "./composition/relying-party.ts";

export const envSchema = settingsSchema(
  {
    ...verifierBindings,
    KMS_RPC: kmsRpc,
    ...databaseBindings,
    ...installationBindings,
    ...channelBindings,
    ...registrationBinding,
    ...relyingPartyBindings,
  },
  [...channelRules, signUpRule, ...relyingPartyRules],
);
