/** What validation found wrong, as the entries of a problem. */
import { type FieldError, MAX_FIELD_ERRORS, type Problem, problem } from "../problem/problem.ts";
import { noneOfForms } from "./field-messages.ts";
import { pointerTo } from "./pointer.ts";

/** What zod found. */
export interface Issue {
  code?: string | undefined;
  path: PropertyKey[];
  message: string;
  /** Where several forms are allowed, what is wrong with the input as each of them. */
  errors?: readonly (readonly Issue[])[];
  /** The members that are not known. */
  keys?: readonly PropertyKey[];
  /** What is wrong with the name of a member. */
  issues?: readonly Issue[];
}

interface Fault {
  path: PropertyKey[];
  detail: string;
  /** It counts characters or parts, where another fault may say what is meant to be there. */
  isOfSize: boolean;
}

const faultsOf = (issue: Issue): Fault[] => {
  const { path, message, errors, keys } = issue;
  const fault = (at: PropertyKey[], detail: string): Fault => ({
    path: at,
    detail,
    isOfSize: issue.code === "too_small" || issue.code === "too_big",
  });
  if (keys) return keys.slice(0, MAX_FIELD_ERRORS).map((key) => fault([...path, key], "unknown member"));
  if (errors) return faultsOfForms(errors).map((inner) => ({ ...inner, path: [...path, ...inner.path] }));
  if (issue.code !== "invalid_key") return [fault(path, message)];
  const [ofName] = saying((issue.issues ?? []).flatMap(faultsOf));
  return [fault(path, `its name ${ofName?.detail ?? "is not allowed"}`)];
};

/** Those that say what is meant to be there first; each group in its order. */
const saying = (faults: readonly Fault[]): Fault[] => [
  ...faults.filter(({ isOfSize }) => !isOfSize),
  ...faults.filter(({ isOfSize }) => isOfSize),
];

const isOfOtherType = (issues: readonly Issue[]): boolean =>
  issues.some(({ code, path }) => code === "invalid_type" && path.length === 0);

/** Faults of the form that the input comes closest to, among those of its type; what the forms are, where it is close to none. */
const faultsOfForms = (forms: readonly (readonly Issue[])[]): Fault[] => {
  const ofType = forms.filter((issues) => !isOfOtherType(issues));
  const candidates = (ofType.length === 0 ? forms : ofType).map((issues) =>
    issues.slice(0, MAX_FIELD_ERRORS).flatMap(faultsOf),
  );
  const [only] = candidates;
  if (only && ofType.length === 1) return only;
  const inside = candidates.filter((faults) => faults.every(({ path }) => path.length > 0));
  const closest = inside.sort((one, other) => one.length - other.length)[0];
  const details = candidates.flatMap((faults) => saying(faults)[0]?.detail ?? []);
  return closest ?? [{ path: [], detail: noneOfForms(details), isOfSize: false }];
};

/** One entry per offending field, which is the first of its faults that says what is meant to be there; a hundred at most. */
export const fieldErrors = (target: string, issues: readonly Issue[]): FieldError[] => {
  const faults = issues.slice(0, MAX_FIELD_ERRORS).flatMap(faultsOf);
  return [...Map.groupBy(faults, ({ path }) => pointerTo(target, path))]
    .map(([pointer, ofField]) => ({ pointer, detail: saying(ofField)[0]?.detail ?? "is not valid" }))
    .slice(0, MAX_FIELD_ERRORS);
};

/** The problem of input that does not fit its schema. */
export const invalidInput = (target: string, issues: readonly Issue[]): Problem =>
  problem("invalid-input", {
    detail: "One or more fields are invalid.",
    errors: fieldErrors(target, issues),
  });
