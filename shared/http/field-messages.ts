/** The words for what is wrong with a field, in place of zod's, which name its types. Schemas can bring their own. */
import { z } from "zod";

type RawIssue = Parameters<NonNullable<ReturnType<typeof z.config>["customError"]>>[0];

const TYPES: Readonly<Record<string, string>> = {
  string: "a string",
  number: "a number",
  int: "an integer",
  boolean: "true or false",
  array: "an array",
  object: "an object",
  record: "an object",
};

const UNITS: Readonly<Record<string, string>> = { string: "characters", array: "items", object: "members" };

const count = (bound: number | bigint, origin: string): string => {
  const unit = UNITS[origin];
  if (unit === undefined) return String(bound);
  return `${bound} ${Number(bound) === 1 ? unit.slice(0, -1) : unit}`;
};

/** `undefined`: zod's own message. */
const fieldMessage = (issue: RawIssue): string | undefined => {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return "required";
      return `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case "too_small":
      return `must ${UNITS[issue.origin] ? "have" : "be"} at least ${count(issue.minimum, issue.origin)}`;
    case "too_big":
      return `must ${UNITS[issue.origin] ? "have" : "be"} at most ${count(issue.maximum, issue.origin)}`;
    case "invalid_value":
      return issue.values.length === 1
        ? `must be ${String(issue.values[0])}`
        : `must be one of ${issue.values.map(String).join(", ")}`;
    default:
      return undefined;
  }
};

const MUST_BE = "must be ";

/** What is wrong with a value that may have any of several forms, by what is wrong with it as each of them. */
export const noneOfForms = (details: Iterable<string>): string => {
  const [first, ...others] = new Set(details);
  if (first === undefined) return "has none of the allowed forms";
  const isShort = first.startsWith(MUST_BE);
  const rest = others.map((detail) => (isShort && detail.startsWith(MUST_BE) ? detail.slice(MUST_BE.length) : detail));
  return [first, ...rest].join(", or ");
};

/** Sets these words for all schemas of this process. */
export const useFieldMessages = (): void => {
  z.config({ customError: fieldMessage });
};
