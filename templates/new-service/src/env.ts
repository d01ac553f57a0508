import { databaseBindings, kmsRpc, verifierBindings } from "#shared/http/bindings.ts";
import { settingsSchema } from "#shared/settings/settings.ts";

export const envSchema = settingsSchema({ ...verifierBindings, KMS_RPC: kmsRpc, ...databaseBindings });
