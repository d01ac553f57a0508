/** Reads single parameters of a search, which are strings as in Typesense, or numbers and booleans in a JSON body. */
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { ParameterFault } from "./engine.ts";

export type ParameterValue = string | number | boolean;

/** By Typesense's names. Unknown parameters are ignored, as by Typesense. */
export type SearchParameters = Readonly<Record<string, ParameterValue | undefined>>;

/** What is wrong with the value of a parameter. */
export interface InvalidValue extends Omit<ParameterFault, "parameter"> {
  readonly kind: "invalid";
}

export type Read<Value> = Result<Value, InvalidValue>;

export const invalid = (status: ParameterFault["status"], message: string, detail?: string): Read<never> =>
  failure("invalid", { status, message, ...(detail !== undefined && { detail }) });

/** The parameter as text; empty when it is not there. */
export const textOf = (parameters: SearchParameters, name: string): string => String(parameters[name] ?? "");

const DIGITS = /^\d{1,19}$/;

export const readUnsigned = (parameters: SearchParameters, name: string, otherwise: number): Read<number> => {
  const text = textOf(parameters, name).trim();
  if (text === "") return success(otherwise);
  if (DIGITS.test(text)) return success(Math.min(Number(text), Number.MAX_SAFE_INTEGER));
  return invalid(400, `Parameter \`${name}\` must be an unsigned integer.`);
};

/** Cuts at commas that stand in no parentheses and no brackets; pieces are trimmed, empty ones dropped. */
export const splitList = (list: string): string[] => {
  const pieces: string[] = [];
  let depth = 0;
  let piece = "";
  for (const character of list) {
    if ("([".includes(character)) depth += 1;
    if (")]".includes(character)) depth -= 1;
    if (character === "," && depth <= 0) pieces.push(piece);
    piece = character === "," && depth <= 0 ? "" : piece + character;
  }
  return [...pieces, piece].map((each) => each.trim()).filter((each) => each !== "");
};

/** A name, options in parentheses, and what comes after. No two runs of spaces meet: the time would be their square. */
const WITH_OPTIONS = /^([\w*]+)\s*(?:\((.*)\)\s*)?(?::(.*))?$/s;

export interface WithOptions {
  name: string;
  options?: string | undefined;
  rest?: string | undefined;
}

/** Takes `name(options):rest` apart; what is not like that is a name. */
export const splitOptions = (written: string): WithOptions => {
  const [, name = written, options, rest] = WITH_OPTIONS.exec(written) ?? [];
  return { name, options, rest };
};

/** All values, or the first fault. */
export const collect = <Value>(reads: readonly Read<Value>[]): Read<Value[]> => {
  const values: Value[] = [];
  for (const read of reads) {
    if (!read.ok) return read;
    values.push(read.value);
  }
  return success(values);
};

/** The values of a parameter that is given once for all fields, or once for each of them. */
export const readPerField = <Value>(
  parameters: SearchParameters,
  name: string,
  fieldCount: number,
  otherwise: Value,
  parse: (text: string) => Value | undefined,
): Read<Value[]> => {
  const written = splitList(textOf(parameters, name));
  const values = (written.length === 0 ? [otherwise] : written.map(parse)).filter((value) => value !== undefined);
  const isComplete = values.length === Math.max(1, written.length);
  if (!isComplete || (values.length !== 1 && values.length !== fieldCount))
    return invalid(400, `Number of values in \`${name}\` does not match number of \`query_by\` fields.`);
  return success(Array.from({ length: fieldCount }, (_, index) => values[index] ?? values[0] ?? otherwise));
};

/**
 * Whether `*`, which stands for anything, makes the pattern the name. Not by a regular expression: many stars would take
 * it for ever.
 */
const fits = (name: string, pattern: string): boolean => {
  const [start = "", ...parts] = pattern.split("*");
  const end = parts.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start)) return false;
  let at = start.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return name.length - end.length >= at && name.endsWith(end);
};

/** The names among `known` that a name stands for; `*` in it stands for anything. */
export const expandName = <Name extends string>(name: string, known: readonly Name[]): Name[] =>
  known.filter((candidate) => fits(candidate, name));
