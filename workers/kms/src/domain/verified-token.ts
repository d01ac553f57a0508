/** Access tokens that were handed in, as the verifier of every worker judges them. */
import type { Purpose } from "#shared/contracts/purpose.ts";
import type { Scope } from "#shared/contracts/rights.ts";

export interface VerifiedToken {
  kind: "user" | "service" | "delegate";
  subject: string;
  sessionId: string;
  roles: readonly string[];
  scopes: ReadonlySet<Scope>;
  amr: readonly string[];
  authTimeSeconds: number;
  issuedAtSeconds: number;
  expiresAtSeconds: number;
  searchFilter?: string;
  purpose?: Purpose;
}

/** `trust-unavailable`: what is needed to judge it cannot be asked. */
export type VerifyToken = (
  token: string,
) => Promise<{ ok: true; principal: VerifiedToken } | { ok: false; reason: string }>;
