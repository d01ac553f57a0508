/** Refusals of requests, as problems (RFC 9457) with their challenge (RFC 6750 §3, RFC 9470 §3): the same as the gateway's. */

const PROBLEMS = {
  unauthenticated: { status: 401, title: "Valid credentials are required" },
  "step-up-required": { status: 401, title: "A second factor is required" },
  forbidden: { status: 403, title: "Not allowed" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
} as const;

export type RefusalCode = keyof typeof PROBLEMS;

export interface RefusalOptions {
  code: RefusalCode;
  /** Public: what the caller can do. */
  detail: string;
  headers: Readonly<Record<string, string>>;
  /** For the log of the service; never sent. */
  reason: string;
}

/** A request that is refused. It holds no credential, so it can be logged as it is. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly code: RefusalCode;
  readonly status: number;
  /** Of the response. */
  readonly headers: Readonly<Record<string, string>>;
  /** Why, for the log of the service: what the caller learns is the same for every invalid token. */
  readonly reason: string;
  /** The body of the response, as JSON. */
  readonly body: string;

  constructor({ code, detail, headers, reason }: RefusalOptions) {
    super(`${code}: ${reason}`);
    const { status, title } = PROBLEMS[code];
    this.code = code;
    this.status = status;
    this.reason = reason;
    this.headers = { ...headers, "content-type": "application/problem+json", "cache-control": "no-store" };
    this.body = JSON.stringify({ type: `urn:fountain:problem:${code}`, title, status, detail, code });
  }

  toResponse(): Response {
    return new Response(this.body, { status: this.status, headers: this.headers });
  }
}

const unauthenticated = (challenge: string, reason: string): Refusal =>
  new Refusal({
    code: "unauthenticated",
    detail: "Send a valid access token in Authorization.",
    headers: { "www-authenticate": challenge },
    reason,
  });

/** No credential was sent: the challenge has no `error` (RFC 6750 §3.1). */
export const tokenMissing = (): Refusal => unauthenticated("Bearer", "no token");

export const tokenRefused = (reason: string): Refusal => unauthenticated('Bearer error="invalid_token"', reason);

export const scopesMissing = (scopes: readonly string[]): Refusal => {
  const needed = scopes.join(" ");
  return new Refusal({
    code: "forbidden",
    detail: `This requires the scope ${scopes.join(" and ")}.`,
    headers: { "www-authenticate": `Bearer error="insufficient_scope", scope="${needed}"` },
    reason: `lacks ${needed}`,
  });
};

export const stepUpRequired = (acr: string, maxAgeSeconds: number): Refusal =>
  new Refusal({
    code: "step-up-required",
    detail: "Verify a second factor at POST /twofa/auth/verify, and call again with the token that it returns.",
    headers: {
      "www-authenticate": `Bearer error="insufficient_user_authentication", acr_values="${acr}", max_age="${maxAgeSeconds}"`,
    },
    reason: `no second factor within ${maxAgeSeconds} s`,
  });

export const cannotVerify = (reason: string): Refusal =>
  new Refusal({
    code: "unavailable",
    detail: "Tokens cannot be verified at present. Retry after the time in Retry-After.",
    headers: { "retry-after": "2" },
    reason,
  });
