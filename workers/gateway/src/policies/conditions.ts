/** What a policy asks of a caller and a call, each attribute by itself, and in words for the explanation. */
import { isWithin, parseNetwork } from "#shared/contracts/networks.ts";
import { serviceNameOf } from "#shared/contracts/principal.ts";
import { isGranted, isScope, type Scope } from "#shared/contracts/rights.ts";
import type { PathParameters } from "../matching/pattern.ts";
import { createHours } from "./hours.ts";
import type { When } from "./policy.ts";

export type Effect = "allow" | "deny";

/** A caller, as far as policies look at them. */
export interface PolicyCaller {
  subject: string;
  /** The service that acts for the subject. */
  actingService?: string;
  /** Those whose rights the caller has. */
  roles: readonly string[];
  /** The caller's other roles, whose rights are withheld until a second factor was passed. */
  withheldRoles?: readonly string[];
  scopes: ReadonlySet<Scope>;
  acr: "aal1" | "aal2";
}

/** What is known of a call when its attributes are looked at. */
export interface Circumstances {
  /** `undefined`: it is a call that anyone may make, and no one is asked who they are. */
  caller: PolicyCaller | undefined;
  /** `undefined`: it is not known. */
  address: string | undefined;
  /** Milliseconds since the epoch. */
  atMs: number;
  /** What the names in the pattern stand for. */
  parameters: PathParameters;
}

export interface Condition {
  /** What is asked for, as in `one of the roles editor, admin`. */
  wanted: string;
  /** `undefined`: it cannot be known, which fulfils a denial and no permission. */
  holds: (at: Circumstances) => boolean | undefined;
  /** What there is instead, as in `the caller has user`. */
  found: (at: Circumstances) => string;
}

const SUBJECT = "$subject";
const NO_CALLER = "no caller is known on this route";

const ofCaller = (describe: (caller: PolicyCaller) => string): Condition["found"] => {
  return ({ caller }) => (caller ? describe(caller) : NO_CALLER);
};

const oneOf = (what: string, names: readonly string[]): string =>
  names.length === 1 ? `the ${what} ${names[0]}` : `one of the ${what}s ${names.join(", ")}`;

const listOr = (names: Iterable<string>, none: string): string => [...names].join(", ") || none;

/** Roles whose rights are withheld until a second factor was passed permit nothing, and still deny. */
const rolesOf = ({ roles, withheldRoles = [] }: PolicyCaller, effect: Effect): readonly string[] =>
  effect === "deny" ? [...roles, ...withheldRoles] : roles;

const roles = (wanted: readonly string[], effect: Effect): Condition => ({
  wanted: oneOf("role", wanted),
  holds: ({ caller }) => caller !== undefined && rolesOf(caller, effect).some((role) => wanted.includes(role)),
  found: ofCaller((caller) => `the caller has ${listOr(rolesOf(caller, effect), "none")}`),
});

const scopes = (wanted: readonly string[]): Condition => ({
  wanted: oneOf("scope", wanted),
  holds: ({ caller }) =>
    caller !== undefined && wanted.some((scope) => isScope(scope) && isGranted(scope, caller.scopes)),
  found: ofCaller((caller) => `the caller has ${listOr(caller.scopes, "none")}`),
});

const subject = (wanted: readonly string[]): Condition => ({
  wanted: oneOf("subject", wanted),
  holds: ({ caller }) => caller !== undefined && wanted.includes(caller.subject),
  found: ofCaller((caller) => `the caller is ${caller.subject}`),
});

/** The service that calls, for itself or for a user. */
const serviceOf = (caller: PolicyCaller): string | undefined => caller.actingService ?? serviceNameOf(caller.subject);

const service = (wanted: readonly string[]): Condition => ({
  wanted: oneOf("service", wanted),
  holds: ({ caller }) => {
    const name = caller && serviceOf(caller);
    return name !== undefined && wanted.includes(name);
  },
  found: ofCaller((caller) => `the caller is ${serviceOf(caller) ?? "no service"}`),
});

const acr = (wanted: PolicyCaller["acr"]): Condition => ({
  wanted: `the assurance ${wanted}`,
  holds: ({ caller }) => caller?.acr === wanted,
  found: ofCaller((caller) => `the caller has ${caller.acr}`),
});

const addresses = (wanted: readonly string[]): Condition => {
  const networks = wanted.map(parseNetwork).filter((network) => network !== undefined);
  return {
    wanted: `an address in ${wanted.join(", ")}`,
    holds: ({ address }) => (address === undefined ? undefined : isWithin(networks, address)),
    found: ({ address }) => (address === undefined ? "the address is not known" : `the address is ${address}`),
  };
};

const hours = (wanted: NonNullable<When["hours"]>): Condition => {
  const { includes, describe } = createHours(wanted);
  const days = wanted.days === undefined ? "" : ` on ${wanted.days.join(", ")}`;
  return {
    wanted: `the hours from ${wanted.from} to ${wanted.to} in ${wanted.zone}${days}`,
    holds: ({ atMs }) => includes(atMs),
    found: ({ atMs }) => `it is ${describe(atMs)} there`,
  };
};

const parameter = (name: string, value: string): Condition => ({
  wanted: value === SUBJECT ? `{${name}} to be the caller's subject` : `{${name}} to be ${value}`,
  holds: ({ parameters, caller }) => {
    const actual = parameters[name];
    if (actual === undefined) return undefined;
    return value === SUBJECT ? actual === caller?.subject : actual === value;
  },
  found: ({ parameters, caller }) => {
    const actual = parameters[name];
    if (actual === undefined) return `the route's pattern has no {${name}}`;
    return value === SUBJECT
      ? `it is ${actual}, and ${caller ? `the subject ${caller.subject}` : NO_CALLER}`
      : `it is ${actual}`;
  },
});

/** All that is asked for; nothing asks for nothing. */
export const conditionsOf = (when: When, effect: Effect): Condition[] => [
  ...(when.roles === undefined ? [] : [roles([when.roles].flat(), effect)]),
  ...(when.scopes === undefined ? [] : [scopes([when.scopes].flat())]),
  ...(when.subject === undefined ? [] : [subject([when.subject].flat())]),
  ...(when.service === undefined ? [] : [service([when.service].flat())]),
  ...(when.acr === undefined ? [] : [acr(when.acr)]),
  ...(when.addresses === undefined ? [] : [addresses(when.addresses)]),
  ...(when.hours === undefined ? [] : [hours(when.hours)]),
  ...Object.entries(when.path ?? {}).map(([name, value]) => parameter(name, value)),
];
