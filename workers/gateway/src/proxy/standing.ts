/** Whether the caller of a WebSocket or a stream of events may still have it: asked again and again while it is open. */
import { refusalOf } from "#shared/auth/authorize.ts";
import { currentRequest } from "#shared/observability/context.ts";
import type { ApiKeyVerification } from "../admission/api-keys.ts";
import type { Credential } from "../admission/credential.ts";
import type { GatewayServices } from "../composition/services.ts";
import type { UpstreamCall } from "../upstreams/compiled.ts";
import type { Closing, Standing } from "../upstreams/standing.ts";

/** Codes of RFC 6455 §7.4.1, and of the registry that it founded. */
const GONE: Closing = { code: 1001, reason: "The service is not behind the gateway any more." };
const REFUSED: Closing = { code: 1008, reason: "The credential is not valid any more." };
const UNKNOWN: Closing = { code: 1013, reason: "The credential cannot be verified at the moment." };

type Services = Pick<GatewayServices, "verify" | "verifyApiKey" | "configuration">;

/** `credential`: what the caller showed, `token`: what came of it; both `undefined` where anyone may call. */
export const standingOf = (
  { verify, verifyApiKey, configuration }: Services,
  { upstream, route: { policy } }: UpstreamCall,
  { credential, token }: { credential: Credential | undefined; token: string | undefined },
): Standing => {
  const address = currentRequest()?.clientAddress;
  let current = token;
  /** By the token, which costs no one anything, and once it has ended by the key that it came of. */
  const verifyAgain = async (known: string): Promise<ApiKeyVerification> => {
    const verification = await verify(known);
    if (verification.ok) return { ok: true, value: { principal: verification.value, token: known } };
    return credential?.kind === "api-key" ? verifyApiKey(credential.key, address) : verification;
  };
  return async () => {
    const { upstreams } = await configuration.current();
    if (!upstreams.has(upstream.name)) return GONE;
    if (current === undefined) return undefined;
    const verification = await verifyAgain(current);
    if (!verification.ok) return verification.error.kind === "trust-unavailable" ? UNKNOWN : REFUSED;
    current = verification.value.token;
    return refusalOf(policy, verification.value.principal) ? REFUSED : undefined;
  };
};
