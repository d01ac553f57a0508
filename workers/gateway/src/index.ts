/** Composition root of the gateway: exports and wiring. */
import { waitUntil } from "cloudflare:workers";
import { createKeyUses } from "#shared/auth/key-uses.ts";
import { verifierOf } from "#shared/auth/verify.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createLog, describeError } from "#shared/observability/log.ts";
import { createApiKeyVerifier } from "./api-keys.ts";
import { createGatewayApp } from "./app.ts";
import { drainable } from "./drain.ts";
import { envSchema } from "./env.ts";
import { createPersonalData } from "./personal-data.ts";
import { createEntrypoints } from "./rpc.ts";
import type { GatewayServices } from "./services.ts";
import { askAll, upstreamsIn } from "./upstream.ts";

const log = createLog("gateway");

const connect = once((bindings: unknown): GatewayServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const verify = verifierOf(env, env.KMS_RPC, now);
  const uses = createKeyUses({
    report: async (batch) => {
      const recorded = await env.KMS_RPC.recordKeyUses(batch);
      if (!recorded.ok) throw new Error("the kms cannot note the use of keys");
    },
    later: (work) =>
      waitUntil(work.catch((error: unknown) => log("warn", "key-uses-lost", { error: describeError(error) }))),
    sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    now,
  });
  const upstreams = upstreamsIn(bindings);
  return {
    now,
    verify,
    verifyApiKey: createApiKeyVerifier({ kms: env.KMS_RPC, verify, uses, now }),
    twofa: env.TWOFA_RPC,
    personalDataOf: createPersonalData({ kms: env.KMS_RPC, twofa: env.TWOFA_RPC, serviceA: env.SERVICE_A_RPC }),
    upstreams,
    publicUrl: env.PUBLIC_URL,
    trustedProxies: env.TRUSTED_PROXIES,
    corsOrigins: env.CORS_ORIGINS,
    ...drainable(async () => {
      await askAll(upstreams, "/ready");
    }),
  };
});

export const { Internal } = createEntrypoints(connect);

export default createGatewayApp(connect);
