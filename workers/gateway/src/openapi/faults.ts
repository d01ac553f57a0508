/** What the validator found wrong, in the words in which Fountain says it of its own input. */
import { type OutputUnit, type Schema, validate } from "@cfworker/json-schema";
import { noneOfForms } from "#shared/http/field-messages.ts";
import { isObject, isText, listOf, member } from "./json.ts";
import type { SchemaList } from "./schemas.ts";

export interface Fault {
  path: string[];
  detail: string;
}

/** Of schemas, for one value: a tenth of a second or so. */
const MAX_EVALUATIONS = 50_000;
/** Of those, to list more faults than the first. */
const MAX_EVALUATIONS_FOR_FAULTS = 10_000;

const DRAFT = "2020-12";

/** The list, of which only so many schemas can be had: every schema with others inside is in it. */
const counted = (list: SchemaList, max: number): SchemaList => {
  let left = max;
  return new Proxy(list, {
    get: (target, name) => {
      left -= 1;
      if (left < 0) throw new Error("the value can be read in too many ways");
      return isText(name) ? target[name] : undefined;
    },
  });
};

/** Those that only say that something inside is wrong. */
const OUTER: ReadonlySet<string> = new Set([
  "$ref",
  "properties",
  "patternProperties",
  "additionalProperties",
  "items",
  "prefixItems",
  "allOf",
  "dependentSchemas",
  "if",
  "propertyNames",
  "unevaluatedItems",
  "unevaluatedProperties",
]);
const CHOICES: ReadonlySet<string> = new Set(["anyOf", "oneOf"]);

const NAMES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  integer: "an integer",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  null: "null",
};

const MAX_SHOWN_VALUES = 20;

const unitOf = (count: unknown, unit: string): string => `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
const shown = (value: unknown): string => (isText(value) ? value : JSON.stringify(value));

/** By keyword, what is wrong where its value in the schema is this. */
const WORDS: Readonly<Record<string, (value: unknown) => string>> = {
  type: (types) =>
    `must be ${[types]
      .flat()
      .map((type) => NAMES[String(type)] ?? type)
      .join(" or ")}`,
  enum: (values) =>
    listOf(values).length > MAX_SHOWN_VALUES
      ? "is none of the allowed values"
      : `must be one of ${listOf(values).map(shown).join(", ")}`,
  const: (value) => `must be ${shown(value)}`,
  minimum: (bound) => `must be at least ${bound}`,
  maximum: (bound) => `must be at most ${bound}`,
  exclusiveMinimum: (bound) => `must be more than ${bound}`,
  exclusiveMaximum: (bound) => `must be less than ${bound}`,
  multipleOf: (divisor) => `must be a multiple of ${divisor}`,
  minLength: (count) => `must have at least ${unitOf(count, "characters")}`,
  maxLength: (count) => `must have at most ${unitOf(count, "characters")}`,
  minItems: (count) => `must have at least ${unitOf(count, "items")}`,
  maxItems: (count) => `must have at most ${unitOf(count, "items")}`,
  minProperties: (count) => `must have at least ${unitOf(count, "members")}`,
  maxProperties: (count) => `must have at most ${unitOf(count, "members")}`,
  uniqueItems: () => "must have no item twice",
  pattern: (pattern) => `must match ${pattern}`,
  false: () => "unknown member",
};

const unescaped = (step: string): string => decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
const stepsOf = (location: string): string[] => location.split("/").slice(1).map(unescaped);

/** What is at a location in the schema; `undefined` where the location leads nowhere. */
const valueAt = (root: Schema | boolean, list: SchemaList, location: string): unknown =>
  stepsOf(location).reduce<unknown>((at, step) => {
    if (step === "$ref") return list[String(member(at, "$ref"))];
    return Array.isArray(at) ? at[Number(step)] : member(at, step);
  }, root);

interface Finding {
  root: Schema | boolean;
  list: SchemaList;
  value: unknown;
}

const missingIn = ({ root, list, value }: Finding, { instanceLocation, keywordLocation }: OutputUnit): Fault[] => {
  const path = stepsOf(instanceLocation);
  const object = path.reduce<unknown>((at, step) => (Array.isArray(at) ? at[Number(step)] : member(at, step)), value);
  return listOf(valueAt(root, list, keywordLocation))
    .map(String)
    .filter((name) => isObject(object) && !Object.hasOwn(object, name))
    .map((name) => ({ path: [...path, name], detail: "required" }));
};

const faultOf = (finding: Finding, unit: OutputUnit): Fault[] => {
  if (unit.keyword === "required") return missingIn(finding, unit);
  const words = WORDS[unit.keyword];
  const detail = words?.(valueAt(finding.root, finding.list, unit.keywordLocation)) ?? "is not valid";
  return [{ path: stepsOf(unit.instanceLocation), detail }];
};

const isWrongKind = (units: readonly OutputUnit[], at: string): boolean =>
  units.every(({ keyword, instanceLocation }) => OUTER.has(keyword) || (keyword === "type" && instanceLocation === at));

/** Of a choice, the faults of the only form whose kind the value has; else what the forms are. */
const faultsOfChoice = (finding: Finding, choice: OutputUnit, inner: readonly OutputUnit[]): Fault[] => {
  const start = choice.keywordLocation.length + 1;
  const forms = Map.groupBy(inner, ({ keywordLocation }) => keywordLocation.slice(start).split("/", 1)[0]);
  const close = [...forms.values()].filter((units) => !isWrongKind(units, choice.instanceLocation));
  const [only] = close;
  if (only && close.length === 1) return faultsIn(finding, only);
  const path = stepsOf(choice.instanceLocation);
  const details = [...(close.length === 0 ? forms.values() : close)]
    .flatMap((units) => faultsIn(finding, units))
    .filter((fault) => fault.path.length === path.length)
    .map(({ detail }) => detail);
  return [{ path, detail: noneOfForms(details) }];
};

const faultsIn = (finding: Finding, units: readonly OutputUnit[]): Fault[] => {
  const faults: Fault[] = [];
  for (let at = 0; at < units.length; at += 1) {
    const unit = units[at];
    if (unit === undefined || OUTER.has(unit.keyword)) continue;
    if (!CHOICES.has(unit.keyword)) {
      faults.push(...faultOf(finding, unit));
      continue;
    }
    const inside = `${unit.keywordLocation}/`;
    const end = units.findIndex((other, index) => index > at && !other.keywordLocation.startsWith(inside));
    const inner = units.slice(at + 1, end === -1 ? undefined : end);
    faults.push(...faultsOfChoice(finding, unit, inner));
    at += inner.length;
  }
  return faults;
};

/** Validates; `undefined` where that would take too long, or the value has names that are not Unicode text. */
const validated = (value: unknown, root: Schema | boolean, list: SchemaList, isShort: boolean) => {
  try {
    return validate(value, root, DRAFT, counted(list, isShort ? MAX_EVALUATIONS : MAX_EVALUATIONS_FOR_FAULTS), isShort);
  } catch {
    return undefined;
  }
};

/** What is wrong with the value; nothing where it fits. What cannot be validated does not fit. */
export const faultsOf = (value: unknown, root: Schema | boolean, list: SchemaList): Fault[] => {
  const first = validated(value, root, list, true);
  if (first === undefined)
    return [{ path: [], detail: "cannot be validated: it is too large, or has names that are not text" }];
  if (first.valid) return [];
  // There may be too many faults to list them all.
  const { errors } = validated(value, root, list, false) ?? first;
  return faultsIn({ root, list, value }, errors);
};
