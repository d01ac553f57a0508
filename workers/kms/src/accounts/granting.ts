/**
 * Who may grant what: every operation that grants something takes a {@link Grantor}, which only the rule of granting makes,
 * so that no route can skip it.
 */
import { type GrantApplicant, type Granted, type GrantRefusal, refusalToGrant } from "#shared/contracts/granting.ts";
import type { Scope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";

/** The role of an account by default. */
export const DEFAULT_ROLE = "user";

/** Who changes a service or its keys; they change none that may do more than they may themselves. */
export interface Caller {
  subject: string;
  scopes: ReadonlySet<Scope>;
}

/** Not exported, so that nothing else makes a grantor. */
const PROOF = Symbol("asked the rule of granting");

/** A caller who may grant such a thing, within their own scopes. */
export interface Grantor<What extends Granted> {
  readonly [PROOF]: What;
  readonly subject: string;
  readonly scopes: ReadonlySet<Scope>;
  /** They should enrol a second factor: without one, their password alone keeps all this. */
  readonly isFactorless: boolean;
}

export interface Applicant extends GrantApplicant {
  subject: string;
  scopes: ReadonlySet<Scope>;
}

/** The applicant as a grantor of this, or why they are refused. */
export const askToGrant = <What extends Granted>(
  what: What,
  applicant: Applicant,
  nowMs: number,
): Result<Grantor<What>, GrantRefusal> => {
  const refusal = refusalToGrant(what, applicant, nowMs / 1000);
  if (refusal) return failure(refusal);
  const { subject, scopes, factorless } = applicant;
  return success({ [PROOF]: what, subject, scopes, isFactorless: factorless === true });
};

/** Whether this is what the grantor asked to grant. */
export const handsOut = (grantor: Grantor<Granted>, what: Granted): boolean => grantor[PROOF] === what;

/** Whether these roles are more than the default. */
export const isBeyondDefault = (roles: readonly string[]): boolean => roles.some((role) => role !== DEFAULT_ROLE);
