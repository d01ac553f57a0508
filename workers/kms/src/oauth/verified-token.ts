/** Access tokens as the verifier of every worker judges them. */
import type { Audience } from "#shared/contracts/access-token.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import type { Result, Tagged } from "#shared/lang/result.ts";

export interface VerifiedToken {
  kind: "user" | "service" | "delegate";
  subject: string;
  /** The service it was issued to, or Fountain itself. */
  clientId: string;
  /** The key that it is bound to. */
  jkt?: string | undefined;
  /** Its `jti`. */
  tokenId: string;
  sessionId: string;
  roles: readonly string[];
  audiences: readonly Audience[];
  scopes: ReadonlySet<Scope>;
  amr: readonly string[];
  authTimeSeconds: number;
  issuedAtSeconds: number;
  expiresAtSeconds: number;
  /** Where it is good for searching only, within this filter. */
  searchFilter?: string | undefined;
}

/** `trust-unavailable`: the verification keys are not known. */
export type VerifyToken = (token: string) => Promise<Result<VerifiedToken, Tagged>>;
