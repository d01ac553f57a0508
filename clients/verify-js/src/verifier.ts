/** Verifies Fountain's access tokens in a service behind or beside the gateway (RFC 9068 §4, RFC 8725). */
import { type Caller, callerOf } from "./caller.ts";
import { createSignatureVerifier } from "./keys.ts";
import { scopesMissing, stepUpRequired, tokenMissing, tokenRefused } from "./refusal.ts";
import { createRevocations } from "./revocations.ts";

/** What a request demands of its caller, besides a valid token. */
export interface Demand {
  /** The caller must have all of these. */
  scopes?: readonly string[];
  /** The caller must have passed a second factor (`acr` = `aal2`) within so many seconds (RFC 9470). */
  maxAgeSeconds?: number;
}

export interface VerifierOptions extends Demand {
  /** The `PUBLIC_URL` of Fountain, which is the `iss` of its tokens: `https://fountain.example`. */
  issuer: string;
  /** The service's name as an upstream; for a service beside the gateway, that callers send their own tokens to, `fountain`. */
  audience: string | readonly string[];
  /** Where the service reaches Fountain, if not at `issuer`. */
  url?: string;
  /** Makes a revocation count within five seconds. Without it, a revoked token is accepted until it expires. */
  revocations?: {
    /** An API key with the scope `tokens:verify`. */
    key: string;
    /** After so many seconds without a response of Fountain, all tokens are refused; 60 by default. */
    maxStalenessSeconds?: number;
  };
  /** Is given every failure to reach Fountain, for the service's log. */
  onError?: (error: unknown) => void;
  fetch?: typeof fetch;
  /** Milliseconds since the epoch. */
  now?: () => number;
}

export interface Verifier {
  /** Returns the caller. Throws a {@link Refusal} if the token is not valid, or its caller does not meet the demand. */
  verify(token: string, demand?: Demand): Promise<Caller>;
  /** The same for the value of the header field `Authorization`. */
  verifyHeader(authorization: string | null | undefined, demand?: Demand): Promise<Caller>;
}

const DEFAULT_STALENESS_SECONDS = 60;
const SECOND_FACTOR = "aal2";
/** RFC 6750 §2.1; the scheme is compared in any case (RFC 9110 §11.1). */
const BEARER = /^bearer +([\w.~+/-]+=*)$/i;
/** RFC 6749 §3.3: what a challenge quotes needs no escaping. */
const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

const assertOption = (isValid: boolean, message: string): void => {
  if (!isValid) throw new TypeError(message);
};

const isPositive = (value: number | undefined): boolean => value === undefined || (Number.isFinite(value) && value > 0);

/** Checks a demand where it is made, and not at the first call. Throws `TypeError`. */
export const assertDemand = ({ scopes = [], maxAgeSeconds }: Demand): void => {
  assertOption(Array.isArray(scopes) && scopes.every((scope) => SCOPE.test(scope)), "scopes must be a list of scopes");
  assertOption(isPositive(maxAgeSeconds), "maxAgeSeconds must be a positive number");
};

const isHttpUrl = (text: string): boolean => /^https?:\/\//.test(text) && URL.canParse(text);

const assertOptions = (options: VerifierOptions, audience: readonly string[]): void => {
  const { issuer, url = issuer, revocations } = options;
  assertOption(isHttpUrl(issuer), "issuer must be the URL of Fountain");
  assertOption(isHttpUrl(url), "url must be a URL");
  assertOption(
    audience.length > 0 && audience.every((name) => typeof name === "string" && name !== ""),
    "audience must be the name of this service",
  );
  assertOption(revocations === undefined || /^ftn_\w/.test(revocations.key), "revocations.key must be an API key");
  assertOption(isPositive(revocations?.maxStalenessSeconds), "maxStalenessSeconds must be a positive number");
  assertDemand(options);
};

const assertMet = (caller: Caller, { scopes = [], maxAgeSeconds }: Demand, nowMs: number): void => {
  if (!scopes.every((scope) => caller.scopes.includes(scope))) throw scopesMissing(scopes);
  if (maxAgeSeconds === undefined) return;
  const isFresh = nowMs - caller.authenticatedAt.getTime() <= maxAgeSeconds * 1000;
  if (caller.acr !== SECOND_FACTOR || !isFresh) throw stepUpRequired(SECOND_FACTOR, maxAgeSeconds);
};

/**
 * A verifier for the whole service: it holds the keys and the revocations. Nothing is requested before the first token.
 * Throws `TypeError` for options that cannot be meant.
 *
 * @example
 * const verifier = createVerifier({ issuer: "https://fountain.example", audience: "notes" });
 * const { subject, scopes } = await verifier.verify(token);
 */
export const createVerifier = (options: VerifierOptions): Verifier => {
  const { issuer, onError = () => undefined, now = Date.now, revocations } = options;
  const audience = typeof options.audience === "string" ? [options.audience] : options.audience;
  assertOptions(options, audience);
  const url = (options.url ?? issuer).replace(/\/$/, "");
  // Workers refuse a `fetch` that is called as a method of something else.
  const request: typeof fetch = options.fetch ?? ((input, init) => fetch(input, init));
  const source = { url, onError, now, fetch: request };
  const verifySignature = createSignatureVerifier({ ...source, issuer, audience });
  const assertNotRevoked =
    revocations &&
    createRevocations({
      ...source,
      key: revocations.key,
      maxStalenessSeconds: revocations.maxStalenessSeconds ?? DEFAULT_STALENESS_SECONDS,
    });

  const verify: Verifier["verify"] = async (token, demand = {}) => {
    const claims = await verifySignature(token);
    const caller = callerOf(claims);
    await assertNotRevoked?.(claims);
    assertMet(caller, options, now());
    assertMet(caller, demand, now());
    return caller;
  };

  return {
    verify,
    verifyHeader: async (authorization, demand) => {
      if (authorization === null || authorization === undefined) throw tokenMissing();
      const [, token] = BEARER.exec(authorization) ?? [];
      if (token === undefined) throw tokenRefused("Authorization holds no Bearer token");
      return verify(token, demand);
    },
  };
};
