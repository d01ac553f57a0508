/** What an operator can do with a Typesense cluster behind the search, beyond what every engine does. */
import type { Result } from "#shared/lang/result.ts";

export const RULE_KINDS = ["synonyms", "curations"] as const;
export type RuleKind = (typeof RULE_KINDS)[number];

/** A synonym or a curation, as Typesense has it. */
export type Rule = Record<string, unknown>;

/** `unknown`: there is no such rule. `refused`: Typesense does not take it, for the reason it gives. */
export type RuleOutcome = Result<Rule, "unknown" | { readonly kind: "refused"; readonly message: string }>;

/** Each fails when the cluster cannot be asked. */
export interface Rules {
  list(kind: RuleKind): Promise<Rule[]>;
  find(kind: RuleKind, id: string): Promise<RuleOutcome>;
  put(kind: RuleKind, id: string, rule: Rule): Promise<RuleOutcome>;
  remove(kind: RuleKind, id: string): Promise<RuleOutcome>;
}

export interface RotatedKey {
  /** Typesense's own number of it. */
  keyId: number;
  /** When the key before it is deleted; absent when that was the administrator's. */
  previousKeyDeletedAfterMs?: number;
}

export interface KeyRotation {
  /** Puts a new key in force. `running`: another rotation is under way. Fails when the cluster or the kms cannot be asked. */
  rotate(): Promise<Result<RotatedKey, "running">>;
}
