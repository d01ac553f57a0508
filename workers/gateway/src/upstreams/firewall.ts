/** The firewall of an upstream: the first rule of which everything given holds decides, before anything else is looked at. */
import { isWithin, type Network, parseNetwork } from "#shared/contracts/networks.ts";
import { type Pattern, storedPattern } from "../matching/pattern.ts";
import type { FirewallRule } from "./firewall-rule.ts";

/** What a firewall looks at. */
export interface Arrival {
  method: string;
  /** The segments of the path as the caller sends it, in each way that it can be read. */
  readings: readonly (readonly string[])[];
  /** `undefined`: it is not known, which fulfils a denial and no permission. */
  address: string | undefined;
  /** The header fields, by their names in lower case. */
  fields: { get(name: string): string | null };
}

/** The place of the rule that refuses the call, counted from 1; `undefined`: none does. */
export type Firewall = (arrival: Arrival) => number | undefined;

/** Whether a text is what is wanted, in which `*` stands for any characters. It looks at each character once for each `*`. */
export const fits = (wanted: string, text: string): boolean => {
  const [head = "", ...parts] = wanted.split("*");
  const tail = parts.pop();
  if (tail === undefined) return text === wanted;
  if (!text.startsWith(head) || !text.endsWith(tail) || text.length < head.length + tail.length) return false;
  const middle = text.slice(head.length, text.length - tail.length);
  let from = 0;
  return parts.every((part) => {
    const at = middle.indexOf(part, from);
    from = at + part.length;
    return at !== -1;
  });
};

type Check = (arrival: Arrival) => boolean;

const byAddress = (networks: readonly Network[], effect: FirewallRule["effect"]): Check => {
  return ({ address }) => (address === undefined ? effect === "deny" : isWithin(networks, address));
};

/** A path that can be read in several ways is denied if one of them is, and allowed if all are. */
const byCall = (patterns: readonly Pattern[], effect: FirewallRule["effect"]): Check => {
  return ({ method, readings }) => {
    const isMeant = (segments: readonly string[]) => patterns.some((pattern) => pattern.match(method, segments));
    return effect === "deny" ? readings.some(isMeant) : readings.every(isMeant);
  };
};

/** The values of a field that was sent several times, all in one and each by itself; some services read `_` in its name as `-`. */
const valuesOf = ({ fields }: Arrival, name: string): string[] =>
  [name, name.replaceAll("-", "_")]
    .flatMap((written) => fields.get(written) ?? [])
    .flatMap((sent) => [sent, ...sent.split(",").map((part) => part.trim())])
    .map((value) => value.toLowerCase());

/** A denial holds for any of a field's values, in whichever case; a permission for the whole field as it was sent. */
const byFields = (
  wanted: readonly (readonly [name: string, value: string])[],
  effect: FirewallRule["effect"],
): Check => {
  const isPermitted: Check = ({ fields }) =>
    wanted.every(([name, value]) => {
      const sent = fields.get(name);
      return sent !== null && fits(value, sent);
    });
  const isDenied: Check = (arrival) =>
    wanted.every(([name, value]) => valuesOf(arrival, name).some((sent) => fits(value.toLowerCase(), sent)));
  return effect === "deny" ? isDenied : isPermitted;
};

const compile = ({ effect, addresses, calls, headers }: FirewallRule) => {
  const networks = addresses?.map(parseNetwork).filter((network) => network !== undefined);
  const checks: Check[] = [
    ...(networks === undefined ? [] : [byAddress(networks, effect)]),
    ...(calls === undefined ? [] : [byCall(calls.map(storedPattern), effect)]),
    ...(headers === undefined ? [] : [byFields(Object.entries(headers), effect)]),
  ];
  return { effect, applies: (arrival: Arrival): boolean => checks.every((check) => check(arrival)) };
};

export const compileFirewall = (rules: readonly FirewallRule[]): Firewall => {
  const compiled = rules.map(compile);
  return (arrival) => {
    const at = compiled.findIndex(({ applies }) => applies(arrival));
    return compiled[at]?.effect === "deny" ? at + 1 : undefined;
  };
};
