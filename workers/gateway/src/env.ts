import { z } from "zod";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import { fetcher, kmsRpc, publicUrl, rpc } from "#shared/http/bindings.ts";

export const envSchema = z.object({
  PUBLIC_URL: publicUrl,
  KMS: fetcher,
  KMS_RPC: kmsRpc,
  TWOFA: fetcher,
  TWOFA_RPC: rpc<TwofaRpc>(),
  SEARCH: fetcher,
  SERVICE_A: fetcher,
});
