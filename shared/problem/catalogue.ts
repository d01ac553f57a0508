/** Every HTTP failure that Fountain returns (RFC 9457): its code, title and status. Nothing else is ever sent. */

export const PROBLEMS = {
  "malformed-request": { status: 400, title: "Malformed request" },
  unauthenticated: { status: 401, title: "Valid credentials are required" },
  "step-up-required": { status: 401, title: "A second factor is required" },
  "factor-required": { status: 401, title: "A second factor must be enrolled first" },
  "code-refused": { status: 401, title: "The code is not accepted" },
  "login-refused": { status: 401, title: "Login failed" },
  forbidden: { status: 403, title: "Not allowed" },
  "link-refused": { status: 403, title: "The link or code is not accepted" },
  "not-found": { status: 404, title: "Not found" },
  "method-not-allowed": { status: 405, title: "Method not allowed" },
  "request-timeout": { status: 408, title: "The request took too long" },
  conflict: { status: 409, title: "Conflict" },
  "channel-unavailable": { status: 409, title: "Not configured on this installation" },
  "not-supported": { status: 409, title: "Not supported on this installation" },
  "precondition-failed": { status: 412, title: "Precondition failed" },
  "too-large": { status: 413, title: "Request too large" },
  "unsupported-media-type": { status: 415, title: "Unsupported media type" },
  "invalid-input": { status: 422, title: "Invalid input" },
  "too-many-attempts": { status: 429, title: "Too many attempts" },
  internal: { status: 500, title: "Internal error" },
  "delivery-failed": { status: 502, title: "The message was not delivered" },
  "bad-gateway": { status: 502, title: "The service behind the gateway failed" },
  unavailable: { status: 503, title: "Temporarily unavailable" },
  "gateway-timeout": { status: 504, title: "The service behind the gateway did not respond in time" },
  "loop-detected": { status: 508, title: "Loop detected" },
} as const;

export type ProblemCode = keyof typeof PROBLEMS;
