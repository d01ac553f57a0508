/**
 * Decides about a call by the policies. A denial that applies wins. Where a permission names the route, nothing else is allowed
 * there. What cannot be known (the caller's address, a name that the pattern does not have) fulfils a denial and no permission.
 */
import type { PathParameters } from "../matching/pattern.ts";
import type { Circumstances, Condition, PolicyCaller } from "./conditions.ts";
import { parametersIn, type Rule } from "./rule.ts";

/** The call that is decided about. */
export interface PolicyCall {
  method: string;
  /** The segments of its path as the caller sends it, in each way that it can be read. */
  readings: readonly (readonly string[])[];
  caller: PolicyCaller | undefined;
  /** `undefined`: it is not known. */
  address: string | undefined;
  /** Milliseconds since the epoch. */
  atMs: number;
  /** Of a call of an upstream: the policies of its route, and what the names in its pattern stand for, by reading. */
  route: { policies: readonly (string | Rule)[]; parameters: readonly PathParameters[] } | undefined;
}

/** What became of one rule. */
export interface Evaluated {
  rule: string;
  /** Whether it applies to the call: it names the route, and all that it asks for holds. */
  matched: boolean;
  /** In words. */
  why: () => string;
}

export interface PolicyDecision {
  allowed: boolean;
  /** What decided; `undefined`: no policy names the route. */
  rule: string | undefined;
  reason: string;
  /** Every rule there is, those of the route last. */
  evaluated: readonly Evaluated[];
  /** Those in a dry run that would have refused what is allowed. */
  wouldRefuse: readonly string[];
}

/** A rule that names the route, and how it ended. */
interface Named {
  rule: Rule;
  matched: boolean;
}

const OTHER_ROUTES = "its routes do not include this call";

const words = ({ conditions, dryRun }: Rule, matched: boolean, failing: Condition | undefined, at: Circumstances) => {
  const suffix = dryRun ? " (dry run: it decides nothing)" : "";
  if (failing) return `it asks for ${failing.wanted}, and ${failing.found(at)}${suffix}`;
  const unknown = matched ? conditions.filter(({ holds }) => holds(at) === undefined) : [];
  const wanted = conditions.map((condition) => condition.wanted).join(", ");
  const note = unknown.map(({ found }) => `; ${found(at)}, which counts as fulfilled for a denial`).join("");
  return `${wanted === "" ? "it asks for nothing" : `all that it asks for holds: ${wanted}`}${note}${suffix}`;
};

/** Applies a rule that names the route. */
const apply = (rule: Rule, at: Circumstances): { named: Named; evaluated: Evaluated } => {
  const unknownHolds = rule.effect === "deny";
  const failing = rule.conditions.find(({ holds }) => !(holds(at) ?? unknownHolds));
  const matched = failing === undefined;
  return {
    named: { rule, matched },
    evaluated: { rule: rule.name, matched, why: () => words(rule, matched, failing, at) },
  };
};

/** Those in a dry run that would have refused. */
const refusingInDryRun = (named: readonly Named[]): string[] => {
  const isPermitted = named.some(({ rule, matched }) => rule.effect === "allow" && matched);
  return named
    .filter(({ rule, matched }) => rule.dryRun && (rule.effect === "deny" ? matched : !matched && !isPermitted))
    .map(({ rule }) => rule.name);
};

type Outcome = Pick<PolicyDecision, "allowed" | "rule" | "reason">;

const outcomeOf = (named: readonly Named[]): Outcome => {
  const deciding = named.filter(({ rule }) => !rule.dryRun);
  const denial = deciding.find(({ rule, matched }) => rule.effect === "deny" && matched);
  if (denial) return { allowed: false, rule: denial.rule.name, reason: `the policy ${denial.rule.name} denies it` };
  const permissions = deciding.filter(({ rule }) => rule.effect === "allow");
  const permission = permissions.find(({ matched }) => matched) ?? permissions[0];
  if (permission === undefined) return { allowed: true, rule: undefined, reason: "no policy refuses it" };
  const { name } = permission.rule;
  return permission.matched
    ? { allowed: true, rule: name, reason: `the policy ${name} allows it` }
    : {
        allowed: false,
        rule: name,
        reason: `policies say who may call this route, such as ${name}, and none allows it`,
      };
};

const decideReading = (rules: ReadonlyMap<string, Rule>, call: PolicyCall, reading: number): PolicyDecision => {
  const { method, readings, route } = call;
  const segments = readings[reading] ?? [];
  const inRoute = route?.parameters[reading] ?? {};
  const circumstances = (parameters: PathParameters): Circumstances => ({ ...call, parameters });
  const evaluated: Evaluated[] = [];
  const named: Named[] = [];
  const consider = (rule: Rule, parameters: PathParameters): void => {
    const applied = apply(rule, circumstances(parameters));
    evaluated.push(applied.evaluated);
    named.push(applied.named);
  };
  const ofRoute = new Set(route?.policies);
  for (const rule of rules.values()) {
    const parameters = parametersIn(rule, method, segments);
    if (ofRoute.has(rule.name)) consider(rule, { ...inRoute, ...parameters });
    else if (parameters) consider(rule, parameters);
    else evaluated.push({ rule: rule.name, matched: false, why: () => OTHER_ROUTES });
  }
  for (const policy of ofRoute) if (typeof policy !== "string") consider(policy, inRoute);
  const missing = [...ofRoute].find((policy) => typeof policy === "string" && !rules.has(policy));
  if (typeof missing === "string") {
    const reason = `the route names the policy ${missing}, which does not exist`;
    evaluated.push({ rule: missing, matched: true, why: () => reason });
    return { allowed: false, rule: missing, reason, evaluated, wouldRefuse: [] };
  }
  const outcome = outcomeOf(named);
  return { ...outcome, evaluated, wouldRefuse: outcome.allowed ? refusingInDryRun(named) : [] };
};

/** The decision; a path that can be read in several ways is allowed only if it is in each of them. */
export const decideByPolicies = (rules: ReadonlyMap<string, Rule>, call: PolicyCall): PolicyDecision => {
  const first = decideReading(rules, call, 0);
  const others = call.readings.slice(1).map((_, at) => decideReading(rules, call, at + 1));
  return [first, ...others].find(({ allowed }) => !allowed) ?? first;
};
