/**
 * Whether the caller of a WebSocket or a stream of events may still have it: asked again and again while it is open, as of a call
 * that came now. Limits count calls, and a code is good for one, so neither is asked for again.
 */
import { refusalOf } from "#shared/auth/authorize.ts";
import { isMeantFor, type Principal } from "#shared/auth/claims.ts";
import { Problem } from "#shared/problem/problem.ts";
import type { ApiKeyVerification } from "../admission/api-keys.ts";
import type { Credential } from "../admission/credential.ts";
import type { GatewayServices } from "../composition/services.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Closing, Standing } from "../upstreams/standing.ts";
import { type ArrivingCall, type GatewayTarget, locate } from "./locate.ts";
import { policyDecision } from "./policies.ts";
import { audienceOf } from "./resource.ts";

/** Codes of RFC 6455 §7.4.1, and of the registry that it founded. */
const GONE: Closing = { code: 1001, reason: "The service is not behind the gateway any more." };
const REFUSED: Closing = { code: 1008, reason: "The credential is not valid any more." };
const FORBIDDEN: Closing = { code: 1008, reason: "The call is not allowed any more." };
const UNKNOWN: Closing = { code: 1013, reason: "The credential cannot be verified at the moment." };

type Services = Pick<GatewayServices, "verify" | "verifyApiKey" | "configuration" | "refusals" | "now" | "publicUrl">;

/** The call that opened it. */
export interface OpeningCall {
  arriving: ArrivingCall;
  /** The name of its upstream. */
  upstream: string;
  /** What the caller showed, and the token that came of it; `undefined` where anyone might call. */
  credential: Credential | undefined;
  token: string | undefined;
}

export const standingOf = (services: Services, { arriving, upstream, credential, token }: OpeningCall): Standing => {
  const { verify, verifyApiKey, configuration, refusals, now, publicUrl } = services;
  const { method, path, address } = arriving;
  let current = token;

  /** Where the call would go now, or why it may not continue. */
  const locateAgain = (configured: Configuration): GatewayTarget | Closing => {
    if (!configured.upstreams.has(upstream)) return GONE;
    try {
      const target = locate(configured, arriving, refusals.note);
      return target.call?.upstream.name === upstream ? target : GONE;
    } catch (error) {
      if (error instanceof Problem) return FORBIDDEN;
      throw error;
    }
  };

  /** By the token, which costs no one anything, and once it has ended by the key that it came of. */
  const verifyAgain = async (known: string): Promise<ApiKeyVerification> => {
    const verification = await verify(known);
    if (verification.ok) return { ok: true, value: { principal: verification.value, token: known } };
    return credential?.kind === "api-key" ? verifyApiKey(credential.key, address) : verification;
  };

  const callerOf = async (): Promise<Principal | Closing> => {
    if (current === undefined) return REFUSED;
    const verification = await verifyAgain(current);
    if (!verification.ok) return verification.error.kind === "trust-unavailable" ? UNKNOWN : REFUSED;
    current = verification.value.token;
    return verification.value.principal;
  };

  return async () => {
    const target = locateAgain(await configuration.current());
    if ("code" in target) return target;
    const caller = target.policy.caller === "anyone" ? undefined : await callerOf();
    if (caller && "code" in caller) return caller;
    if (caller && !isMeantFor(caller, audienceOf(target, publicUrl))) return REFUSED;
    if (caller && refusalOf(target.policy, caller)) return FORBIDDEN;
    const { allowed, rule } = policyDecision(target, { method, path, caller, address, atMs: now() });
    if (allowed) return undefined;
    refusals.note("policy", rule ?? "", `${method} ${target.template}`);
    return FORBIDDEN;
  };
};
