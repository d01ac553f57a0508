import { z } from "zod";
import { databaseBindings, kmsRpc, verifierBindings } from "#shared/http/bindings.ts";

export const envSchema = z.object({ ...verifierBindings, KMS_RPC: kmsRpc, ...databaseBindings });
