/** Whether there are calls that fit two patterns. */
import type { Part, Pattern } from "./pattern.ts";

type Parts = readonly Part[];

/** What is left of a pattern whose first part stands for another segment. */
const afterSegment = ([first, ...rest]: Parts): Parts =>
  first?.kind === "many" ? [{ ...first, min: 0 }, ...rest] : rest;

const mayEnd = (parts: Parts): boolean => parts.every((part) => part.kind === "many" && part.min === 0);

const isOneSegment = (one: Part, other: Part): boolean =>
  one.kind !== "literal" || other.kind !== "literal" || one.text === other.text;

const meet = (one: Parts, other: Parts): boolean => {
  const [first, ...rest] = one;
  const [second, ...others] = other;
  if (first === undefined || second === undefined) return mayEnd(one) && mayEnd(other);
  if (first.kind === "many" && first.min === 0 && meet(rest, other)) return true;
  if (second.kind === "many" && second.min === 0 && meet(one, others)) return true;
  // Where both may end, a segment that fits both leads to no other case.
  if (first.kind === "many" && second.kind === "many" && first.min + second.min === 0) return false;
  return isOneSegment(first, second) && meet(afterSegment(one), afterSegment(other));
};

const METHODS_OF: Readonly<Record<string, readonly string[]>> = { GET: ["GET", "HEAD"] };
const methodsOf = (method: string): readonly string[] => METHODS_OF[method] ?? [method];

const shareMethod = (one: string, other: string): boolean =>
  one === "*" || other === "*" || methodsOf(one).some((method) => methodsOf(other).includes(method));

export const overlap = (one: Pattern, other: Pattern): boolean =>
  shareMethod(one.method, other.method) && meet(one.parts, other.parts);
