/** Composition root of the gateway: exports and wiring. */
import { createTrustSource } from "#shared/auth/trust.ts";
import { createTokenVerifier } from "#shared/auth/verify.ts";
import { once, parseBindings } from "#shared/http/bindings.ts";
import { createApiKeyVerifier } from "./api-keys.ts";
import { createGatewayApp } from "./app.ts";
import { drainable } from "./drain.ts";
import { envSchema } from "./env.ts";
import { createEntrypoints } from "./rpc.ts";
import type { GatewayServices } from "./services.ts";
import { askAll, upstreamsIn } from "./upstream.ts";

const connect = once((bindings: unknown): GatewayServices => {
  const env = parseBindings(envSchema, bindings);
  const now = Date.now;
  const verify = createTokenVerifier({ issuer: env.PUBLIC_URL, trust: createTrustSource(env.KMS_RPC, now), now });
  const upstreams = upstreamsIn(bindings);
  return {
    now,
    verify,
    verifyApiKey: createApiKeyVerifier({ kms: env.KMS_RPC, verify, now }),
    twofa: env.TWOFA_RPC,
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
