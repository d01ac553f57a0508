/**
 * The parts that the shapes of untrusted input are made of. Each has a bound, which is checked before anything else looks
 * at the value: some normalizations make eighteen characters of one, and a list costs per element.
 */
import { z } from "zod";

interface Length {
  min?: number;
  max: number;
}

/**
 * Text of at most `max` characters (Unicode code points, as in JSON Schema's `maxLength`). What is too short is still looked
 * at by the checks that follow, which can say what is meant to be there.
 */
export const text = ({ min = 0, max }: Length): z.ZodString => {
  const bounded = z.string().max(max, { abort: true });
  return min === 0 ? bounded : bounded.min(min);
};

/** Text that `parse` makes a value of, or refuses with `undefined`. */
export const parsedText = <Value>(length: Length, parse: (given: string) => Value | undefined, fault: string) =>
  text(length).transform((given, context): Value => {
    const value = parse(given);
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: fault });
    return z.NEVER;
  });

/** Text that a database can hold and compare, which a lone surrogate is not. */
export const unicodeText = (length: Length) =>
  text(length).refine((given) => given.isWellFormed(), "must be well-formed Unicode");

/** The largest number of a name that is looked up, and never created here: ids, names in a path. */
const MAX_NAME_CHARACTERS = 255;

/** A name or an id by which something is looked up; there is nothing of a longer one. */
export const reference = () => unicodeText({ min: 1, max: MAX_NAME_CHARACTERS });

/** RFC 3339 with nine digits of fractional seconds and an offset has 35 characters. */
export const MAX_INSTANT_CHARACTERS = 40;

/** Whether it can be written in RFC 3339, whose years have four digits, once it is in UTC. */
const isWritable = (at: Date): boolean => at.getUTCFullYear() >= 0 && at.getUTCFullYear() <= 9_999;

const isoDateTime = z.iso.datetime({ offset: true });
const LEAP_SECOND = /(?<=T\d\d:\d\d:)60/;
const START_OF_MONTH = /-01T00:00:00/;

/** `t` and `z` may be small (RFC 3339 §5.6). A leap second ends a month in UTC, and is the second after it, as in POSIX. */
const readInstant = (given: string): Date | undefined => {
  const written = given.toUpperCase();
  const countable = written.replace(LEAP_SECOND, "59");
  if (!isoDateTime.safeParse(countable).success) return undefined;
  const at = new Date(countable);
  if (countable === written) return at;
  const after = new Date(at.getTime() + 1_000);
  return START_OF_MONTH.test(after.toISOString()) ? after : undefined;
};

/** An instant with `Z` or an offset (RFC 3339), in a query or a body. */
export const instantInput = () =>
  parsedText(
    { max: MAX_INSTANT_CHARACTERS },
    readInstant,
    "must be an RFC 3339 timestamp such as 2026-11-29T10:00:00Z; in a query, encode + as %2B",
  ).refine(isWritable, "must be in the years 0000 to 9999 in UTC");

/** An address of mail: RFC 5321 §4.5.3.1.3 allows a path of 256 octets, its angle brackets included. */
const MAX_EMAIL_CHARACTERS = 254;

export const emailText = () => text({ max: MAX_EMAIL_CHARACTERS }).pipe(z.email());

/** An integer from `min` to `max`, both included. */
export const integer = ({ min, max }: { min: number; max: number }): z.ZodInt => z.int().min(min).max(max);

/** Refuses what has more than `max` parts before any of them is looked at. */
const countedFirst = <Schema extends z.ZodType>(
  schema: Schema,
  origin: "array" | "object",
  max: number,
  count: (value: unknown) => number,
) =>
  z.preprocess((value, context) => {
    if (count(value) <= max) return value;
    context.issues.push({ code: "too_big", origin, maximum: max, inclusive: true, input: value });
    return z.NEVER;
  }, schema);

/** A list of at most `max` elements. */
export const list = <Element extends z.ZodType>(element: Element, { min = 0, max }: Length) => {
  const bounded = z.array(element).max(max);
  const counted = (value: unknown): number => (Array.isArray(value) ? value.length : 0);
  return countedFirst(min === 0 ? bounded : bounded.min(min), "array", max, counted);
};

/** An object of at most `max` members, whatever their names. */
export const members = <Schema extends z.ZodType>(schema: Schema, max: number) =>
  countedFirst(schema, "object", max, (value) =>
    typeof value === "object" && value !== null ? Object.keys(value).length : 0,
  );

/** An object of at most `max` members whose names fit `name`, and their values `value`. */
export const record = <Name extends z.ZodType<string, string>, Value extends z.ZodType>(
  name: Name,
  value: Value,
  max: number,
) => members(z.record(name, value), max).meta({ maxProperties: max });
