import { z } from "zod";
import type { ServiceARpc } from "#shared/contracts/service-a.ts";
import type { TwofaRpc } from "#shared/contracts/twofa.ts";
import { EXPORT_DEADLINE_MS, kmsRpc, rpc, setting, verifierBindings } from "#shared/http/bindings.ts";
import { parseNetworks } from "./admission/client-address.ts";
import { originsSchema } from "./admission/cors.ts";

const networks = z.string().transform((text, context) => {
  const parsed = parseNetworks(text);
  if (parsed === undefined) context.addIssue({ code: "custom", message: "must be addresses or networks (CIDR)" });
  return parsed ?? [];
});

export const envSchema = z.object({
  ...verifierBindings,
  /** The proxies in front of us, which say where a call came from. */
  TRUSTED_PROXIES: setting(networks.default([])),
  CORS_ORIGINS: setting(originsSchema),
  KMS_RPC: kmsRpc,
  TWOFA_RPC: rpc<TwofaRpc>("twofa", { deadlinesMs: { factorsOf: EXPORT_DEADLINE_MS } }),
  SERVICE_A_RPC: rpc<ServiceARpc>("service-a", { deadlinesMs: { contributionsOf: EXPORT_DEADLINE_MS } }),
});
