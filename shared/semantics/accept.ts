/** Which of its media types a response has, as `Accept` asks (RFC 9110 §12.5.1). */
import { type MediaType, parseMediaTypes } from "./media-type.ts";

const WEIGHT = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

/** The weight of a range; one that cannot be read is ignored, as if there were none. */
const weightOf = ({ parameters }: MediaType): number => {
  const weight = parameters.get("q") ?? "1";
  return WEIGHT.test(weight) ? Number(weight) : 1;
};

/** How exactly the range names the type: 0 not at all, 1 as any type, 2 by its first half, 3 whole. */
const specificity = (range: string, type: string): number => {
  if (range === type) return 3;
  if (range === "*/*") return 1;
  return range.endsWith("/*") && type.startsWith(range.slice(0, -1)) ? 2 : 0;
};

/** What the most specific range that names the type says of it; `undefined` where none does. */
const judge = (ranges: readonly MediaType[], type: string): { weight: number; rank: number } | undefined => {
  const fitting = ranges
    .map((range, at) => ({ weight: weightOf(range), specificity: specificity(range.type, type), rank: -at }))
    .filter((each) => each.specificity > 0)
    .sort((one, other) => other.specificity - one.specificity);
  const [closest] = fitting;
  return closest && { weight: closest.weight, rank: closest.specificity * ranges.length + closest.rank };
};

/**
 * The offered type that the caller prefers: by weight, then by how exactly it is named, then by its place in the header.
 * The first one offered where the header is missing or accepts none, since a response in it serves better than a refusal.
 */
export const preferredType = <Type extends string>(
  accept: string | undefined,
  offered: readonly [Type, ...Type[]],
): Type => {
  const ranges = parseMediaTypes(accept ?? "");
  const [best] = offered
    .map((type) => ({ type, judged: judge(ranges, type) }))
    .flatMap(({ type, judged }) => (judged && judged.weight > 0 ? [{ type, ...judged }] : []))
    .sort((one, other) => other.weight - one.weight || other.rank - one.rank);
  return best?.type ?? offered[0];
};
