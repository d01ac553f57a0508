/** What validation found wrong, as the entries of a problem. */
import { type FieldError, MAX_FIELD_ERRORS, type Problem, problem } from "../problem/problem.ts";
import { pointerTo } from "./pointer.ts";

/** What zod found. Where several shapes are allowed, `errors` has what is wrong with the input as each of them. */
export interface Issue {
  path: PropertyKey[];
  message: string;
  errors?: readonly (readonly Issue[])[];
  /** The members that are not known. */
  keys?: readonly PropertyKey[];
}

interface Fault {
  path: PropertyKey[];
  detail: string;
}

const faultsOf = (issue: Issue): Fault[] => {
  if (issue.keys)
    return issue.keys
      .slice(0, MAX_FIELD_ERRORS)
      .map((key) => ({ path: [...issue.path, key], detail: "unknown member" }));
  return closestFaults(issue) ?? [{ path: issue.path, detail: issue.message }];
};

/** Faults of the allowed shape that the input comes closest to, among those it has at its top. */
const closestFaults = (issue: Issue): Fault[] | undefined => {
  const shapes = (issue.errors ?? []).map((issues) => issues.slice(0, MAX_FIELD_ERRORS).flatMap(faultsOf));
  const fitting = shapes.filter((faults) => faults.every(({ path }) => path.length > 0));
  const closest = fitting.sort((one, other) => one.length - other.length)[0];
  return closest?.map(({ path, detail }) => ({ path: [...issue.path, ...path], detail }));
};

/** One entry per offending field, which is its first fault; a hundred at most. */
export const fieldErrors = (target: string, issues: readonly Issue[]): FieldError[] => {
  const errors = issues
    .slice(0, MAX_FIELD_ERRORS)
    .flatMap(faultsOf)
    .map(({ path, detail }) => ({ pointer: pointerTo(target, path), detail }));
  return [...Map.groupBy(errors, ({ pointer }) => pointer).values()]
    .flatMap(([first]) => first ?? [])
    .slice(0, MAX_FIELD_ERRORS);
};

/** The problem of input that does not fit its schema. */
export const invalidInput = (target: string, issues: readonly Issue[]): Problem =>
  problem("invalid-input", {
    detail: "One or more fields are invalid.",
    errors: fieldErrors(target, issues),
  });
