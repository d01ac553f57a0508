/**
 * Explains what would be decided on a call, by the functions that decide on calls, in their order. Nothing is called, counted
 * or used up.
 */
import { grantRefused, refusalOf } from "#shared/auth/authorize.ts";
import { type Principal, scopesHeld } from "#shared/auth/claims.ts";
import { ACCESS_TOKEN_TTL_SECONDS, TOKEN_AUDIENCE } from "#shared/contracts/access-token.ts";
import { refusalToGrant } from "#shared/contracts/granting.ts";
import type { DescribedPrincipal, PrincipalDescription } from "#shared/contracts/kms.ts";
import { isAllowedFrom } from "#shared/contracts/networks.ts";
import { ADMIN_ROLE } from "#shared/contracts/rights.ts";
import { assertSaneAddress, assertUtf8Address, resourceOf } from "#shared/http/access.ts";
import { unwrap } from "#shared/lang/result.ts";
import { canonicalPath } from "#shared/policy/path.ts";
import type { ProblemCode } from "#shared/problem/catalogue.ts";
import { Problem } from "#shared/problem/problem.ts";
import { senderOf } from "../admission/limiting.ts";
import { lackingFactor } from "../admission/step-up.ts";
import type { GatewayServices } from "../composition/services.ts";
import type { Configuration } from "../configuration/configuration.ts";
import type { Passage } from "../limits/limits.ts";
import type { Stage } from "../limits/open-limits.ts";
import type { PolicyDecision } from "../policies/decide.ts";
import { type GatewayTarget, locate, type Note } from "../proxy/locate.ts";
import { policyDecision } from "../proxy/policies.ts";

/** A call as it is described. */
export interface DescribedCall {
  method: string;
  /** The whole URL. */
  url: string;
  /** `undefined`: it brings no credential. */
  who: DescribedPrincipal | undefined;
  /** What a user has proven of themselves, just now. */
  acr: "aal1" | "aal2";
  /** `undefined`: it is not known. */
  address: string | undefined;
  /** Other header fields than credentials, by their names in lower case. */
  headers: ReadonlyMap<string, string>;
  /** Milliseconds since the epoch. */
  atMs: number;
}

export type DecidedBy = "credential" | "scope" | "step-up" | "policy" | "limit";

export interface Explanation {
  decision: "allow" | "deny";
  by: DecidedBy;
  /** The policy, the scope, or the part of the configuration that decided. */
  rule?: string;
  reason: string;
  evaluated: { rule: string; matched: boolean; why: string }[];
}

type Services = Pick<GatewayServices, "kms" | "twofa" | "limits">;
/** What decided; `evaluated`: the rule of a firewall, which is looked at before any policy. */
type Verdict = Pick<Explanation, "by" | "rule" | "reason"> & Partial<Pick<Explanation, "evaluated">>;

/** What refuses a call before its caller is looked at, by the code of the problem. */
const PARTS: Partial<Record<ProblemCode, string>> = {
  "malformed-request": "path",
  forbidden: "firewall",
  "not-found": "routes",
  "method-not-allowed": "routes",
};

const locateDescribed = (
  configuration: Configuration,
  { method, url, address, headers }: DescribedCall,
): GatewayTarget | Verdict => {
  const path = canonicalPath(url);
  let evaluated: Explanation["evaluated"] | undefined;
  const note: Note = (by, rule) => {
    if (by === "firewall")
      evaluated = [{ rule, matched: true, why: "it is the first rule of the firewall that applies, and denies" }];
  };
  try {
    assertSaneAddress({ url, path });
    const fields = { get: (name: string) => headers.get(name) ?? null };
    const target = locate(configuration, { method, url, path, address, fields }, note);
    assertUtf8Address({ url });
    return target;
  } catch (error) {
    const part = error instanceof Problem ? PARTS[error.code] : undefined;
    if (!(error instanceof Problem) || part === undefined) throw error;
    return { by: "policy", rule: part, reason: error.message, ...(evaluated && { evaluated }) };
  }
};

/** The limit that is used up. */
const limitDenial = async (
  passage: Passage | undefined,
  stage: Stage,
  principal: Principal | undefined,
  { address }: DescribedCall,
): Promise<Verdict | undefined> => {
  const limit = await passage?.peek(stage, senderOf(principal, address));
  return limit && { by: "limit", rule: limit.name, reason: `The limit ${limit.name} is used up at the moment.` };
};

/** The principal of a token that were issued now. */
const principalOf = (description: PrincipalDescription, { who, acr, atMs }: DescribedCall): Principal => {
  const atSeconds = Math.floor(atMs / 1000);
  const { kind, subject, clientId } = description;
  const held = acr === "aal1" ? (description.beforeSecondFactor ?? description) : description;
  const { roles, scopes } = held;
  return {
    kind,
    subject,
    clientId,
    // Of an API key, its id.
    sessionId: who && "key" in who ? who.key : "",
    tokenId: "",
    audiences: [TOKEN_AUDIENCE],
    roles,
    scopes: scopesHeld(scopes.join(" "), kind === "user" && roles.includes(ADMIN_ROLE)),
    ...("withheldRoles" in held && { withheldRoles: held.withheldRoles }),
    acr: kind === "user" ? acr : "aal1",
    amr: [],
    authTimeSeconds: atSeconds,
    issuedAtSeconds: atSeconds,
    expiresAtSeconds: atSeconds + ACCESS_TOKEN_TTL_SECONDS,
  };
};

const identifyDescribed = async ({ kms }: Services, call: DescribedCall): Promise<Principal | Verdict> => {
  const refused = (reason: string): Verdict => ({ by: "credential", reason });
  if (call.who === undefined) return refused("The call needs a credential, and brings none.");
  const found = await kms.describePrincipal(call.who);
  if (!found.ok) return refused("There is no such user, service or key.");
  const { usable, reason, allowedAddresses } = found.value;
  if (!usable) return refused(`The credential is not accepted: ${reason}.`);
  if (!isAllowedFrom(allowedAddresses, call.address)) return refused("The key may not be used from this address.");
  return principalOf(found.value, call);
};

/** What the caller is not admitted for. */
const admissionDenial = (
  { policy, template }: GatewayTarget,
  principal: Principal,
  url: string,
): Verdict | undefined => {
  const refusal = refusalOf(policy, principal, () => resourceOf({ template, path: canonicalPath(url), url }, policy));
  if (refusal === undefined) return undefined;
  const reason = refusal.message;
  if (policy.caller === "user" && principal.kind !== "user") return { by: "credential", reason };
  if (refusal.code === "step-up-required") return { by: "step-up", reason };
  return { by: "scope", reason, ...(policy.scope !== undefined && { rule: policy.scope }) };
};

/** The second factor that is lacking, or whatever else the rule of granting demands. */
const stepUpDenial = async (
  { twofa }: Services,
  { policy }: GatewayTarget,
  principal: Principal,
  atSeconds: number,
): Promise<Verdict | undefined> => {
  const lacking = lackingFactor(policy, principal, atSeconds);
  if (lacking === undefined) return undefined;
  if (lacking.when === "always")
    return { by: "step-up", reason: `The call needs a second factor, passed within ${lacking.maxAgeSeconds} seconds.` };
  if (policy.grants === undefined) return undefined;
  const isFactorless = principal.kind === "user" && !unwrap(await twofa.hasFactor(principal.subject));
  const refusal = refusalToGrant(policy.grants, { ...principal, ...(isFactorless && { factorless: true }) }, atSeconds);
  return refusal && { by: "step-up", reason: grantRefused(refusal).message };
};

const inWords = ({ evaluated }: PolicyDecision): Explanation["evaluated"] =>
  evaluated.map(({ rule, matched, why }) => ({ rule, matched, why: why() }));

/** What allowed a call in the end: a policy that says who may, the scope that it needs, or that its caller is known. */
const allowance = ({ policy }: GatewayTarget, { rule, reason }: PolicyDecision): Verdict => {
  if (rule !== undefined) return { by: "policy", rule, reason };
  if (policy.scope !== undefined)
    return { by: "scope", rule: policy.scope, reason: `The caller has ${policy.scope}, and ${reason}.` };
  const known = policy.caller === "anyone" ? "Anyone may make this call" : "The caller is known";
  return { by: "credential", reason: `${known}, and ${reason}.` };
};

const isVerdict = (found: object): found is Verdict => "by" in found;

/** The decision, and what decided. */
export const explainCall = async (
  services: Services,
  configuration: Configuration,
  call: DescribedCall,
): Promise<Explanation> => {
  const denied = (denial: Verdict, evaluated: Explanation["evaluated"] = []): Explanation => ({
    decision: "deny",
    ...denial,
    evaluated,
  });
  const { method, url, address, atMs } = call;
  const target = locateDescribed(configuration, call);
  if (isVerdict(target)) return denied(target, target.evaluated);
  const path = canonicalPath(url);
  const limited = { template: target.template, route: target.call?.route };
  const passage = services.limits.passageOf({ configuration, target: limited, method, path });
  const screened = await limitDenial(passage, "screen", undefined, call);
  if (screened) return denied(screened);
  const caller = target.policy.caller === "anyone" ? undefined : await identifyDescribed(services, call);
  if (caller && isVerdict(caller)) return denied(caller);
  const metered = await limitDenial(passage, "meter", caller, call);
  if (metered) return denied(metered);
  const admission = caller && admissionDenial(target, caller, url);
  if (admission) return denied(admission);
  const decision = policyDecision(target, { method, path, caller, address, atMs });
  const evaluated = inWords(decision);
  const { allowed, rule, reason } = decision;
  if (!allowed) return denied({ by: "policy", reason, ...(rule !== undefined && { rule }) }, evaluated);
  const stepUp = caller && (await stepUpDenial(services, target, caller, atMs / 1000));
  if (stepUp) return denied(stepUp, evaluated);
  return { decision: "allow", ...allowance(target, decision), evaluated };
};
