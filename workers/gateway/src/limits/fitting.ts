/** Whether a pattern fits the calls that a route takes: always, never, or depending on the path. */
import { type Pattern, segmentsOf } from "../matching/pattern.ts";

export type Fit = "always" | "sometimes" | "never";

/** Stands for a segment that a placeholder takes: no segment of a pattern is the same. */
const ANY = "\0";

const isMany = (segment: string): boolean => segment === "**" || segment.endsWith("+}");
const isPlaceholder = (segment: string): boolean => segment === "*" || segment.includes("{");

const writtenIn = (pattern: Pattern): string[] => segmentsOf(pattern.text.slice(pattern.text.indexOf("/")));

const hasMethod = ({ method: wanted }: Pattern, method: string): boolean =>
  wanted === "*" || wanted === method || (method === "HEAD" && wanted === "GET");

/** Whether a segment differs in both, before the first that stands for several, or there are more of them in one. */
const isElsewhere = (one: readonly string[], other: readonly string[]): boolean => {
  const hasMany = one.some(isMany) || other.some(isMany);
  if (!hasMany && one.length !== other.length) return true;
  for (const [at, segment] of one.entries()) {
    const counterpart = other[at];
    if (counterpart === undefined || isMany(segment) || isMany(counterpart)) return false;
    if (!isPlaceholder(segment) && !isPlaceholder(counterpart) && segment !== counterpart) return true;
  }
  return false;
};

/** Paths that a template takes: with every number of segments that makes a difference to the pattern. */
const pathsOf = (template: readonly string[], pattern: readonly string[]): string[][] => {
  const many = template.find(isMany);
  const shortest = many === "**" ? 0 : 1;
  const lengths =
    many === undefined ? [shortest] : Array.from({ length: pattern.length + 2 }, (_, more) => shortest + more);
  return lengths.map((length) =>
    template.flatMap((segment) => {
      if (isMany(segment)) return Array.from({ length }, () => ANY);
      return [isPlaceholder(segment) ? ANY : segment];
    }),
  );
};

/** `template`: a path of the route table or of an upstream, with its placeholders. */
export const fitOf = (pattern: Pattern, method: string, template: string): Fit => {
  const [wanted, given] = [writtenIn(pattern), segmentsOf(template)];
  if (!hasMethod(pattern, method) || isElsewhere(wanted, given)) return "never";
  const paths = pathsOf(given, wanted);
  return paths.every((segments) => pattern.match(method, segments) !== undefined) ? "always" : "sometimes";
};
