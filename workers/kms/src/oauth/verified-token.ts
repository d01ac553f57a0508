/** Access tokens that were handed in, as the verifier of every worker judges them. */

import type { Audience } from "#shared/contracts/access-token.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import type { Result, Tagged } from "#shared/lang/result.ts";

export interface VerifiedToken {
  kind: "user" | "service" | "delegate";
  subject: string;
  sessionId: string;
  roles: readonly string[];
  audiences: readonly Audience[];
  scopes: ReadonlySet<Scope>;
  amr: readonly string[];
  authTimeSeconds: number;
  issuedAtSeconds: number;
  expiresAtSeconds: number;
}

/** `trust-unavailable`: what is needed to judge it cannot be asked. */
export type VerifyToken = (token: string) => Promise<Result<VerifiedToken, Tagged>>;
