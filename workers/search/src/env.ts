import { z } from "zod";
import { databaseBindings, kmsRpc, publicUrl } from "#shared/http/bindings.ts";

export const envSchema = z.object({ PUBLIC_URL: publicUrl, KMS_RPC: kmsRpc, ...databaseBindings });
