/**
 * Patterns of calls, `METHOD /path`. The method may be `*`; in the path `{name}` stands for one segment, `{name+}` for one or
 * more, `*` for one and `**` for any number. Paths are compared by their segments, so that a slash at the end or a doubled one
 * does not lead around a rule.
 */
import { text } from "#shared/contracts/input.ts";

/** What the names in a pattern stand for in a path, decoded. */
export type PathParameters = Readonly<Record<string, string>>;

export interface Pattern {
  /** As it was written. */
  readonly text: string;
  readonly method: string;
  readonly parts: readonly Part[];
  /** What its names stand for; `undefined`: the call does not fit. HEAD counts as GET. */
  match(method: string, segments: readonly string[]): PathParameters | undefined;
}

const MAX_PATTERN_CHARACTERS = 512;
const METHOD = /^(?:\*|[A-Z]{1,16})$/;
const LITERAL = /^[\w.~!$&'()+,=:@%-]{1,255}$/;
const NAMED = /^\{([A-Za-z_]\w{0,31})(\+?)\}$/;

const decoded = (segment: string): string => {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
};

const writtenSegments = (path: string): string[] => path.split("/").filter((segment) => segment !== "");

/** The segments of a canonical path, decoded, without the empty ones. */
export const segmentsOf = (path: string): string[] => writtenSegments(path).map(decoded);

const READ_DIFFERENTLY = /;|%3b|%2f/i;
const withoutParameters = (path: string): string => path.replace(/(?:;|%3b)[^/]*/gi, "");
const withSlashes = (path: string): string => path.replace(/%2f/gi, "/");

/** Whether services read this path in different ways. */
export const isReadDifferently = (path: string): boolean => READ_DIFFERENTLY.test(path);

/**
 * The segments of a path in each way that services read it, as it is written first: some take an encoded slash for a slash, and
 * what follows a semicolon for no part of the segment (RFC 3986 §3.3). Nearly all paths have one reading.
 */
export const readingsOf = (path: string): (readonly string[])[] => {
  if (!isReadDifferently(path)) return [segmentsOf(path)];
  const bare = withoutParameters(path);
  const split = withSlashes(path);
  return [path, bare, split, withSlashes(bare), withoutParameters(split)].map(segmentsOf);
};

/** What a segment of a path must be; `many`: any number of segments, but `min` at least. */
export type Part =
  | { kind: "literal"; text: string }
  | { kind: "one"; name: string | undefined }
  | { kind: "many"; name: string | undefined; min: 0 | 1 };

const partOf = (segment: string): Part | undefined => {
  if (segment === "*") return { kind: "one", name: undefined };
  if (segment === "**") return { kind: "many", name: undefined, min: 0 };
  const [, name, plus] = NAMED.exec(segment) ?? [];
  if (name !== undefined) return plus === "" ? { kind: "one", name } : { kind: "many", name, min: 1 };
  return LITERAL.test(segment) ? { kind: "literal", text: decoded(segment) } : undefined;
};

/** Matches parts of one segment each, one after another; false where one does not fit. */
const matchEach = (parts: readonly Part[], segments: readonly string[], found: Record<string, string>): boolean =>
  parts.every((part, at) => {
    const segment = segments[at] ?? "";
    if (part.kind === "literal") return part.text === segment;
    if (part.name !== undefined) found[part.name] = segment;
    return true;
  });

const matcherOf = (parts: readonly Part[]) => {
  const at = parts.findIndex(({ kind }) => kind === "many");
  const many = parts[at];
  if (many?.kind !== "many")
    return (segments: readonly string[], found: Record<string, string>) =>
      segments.length === parts.length && matchEach(parts, segments, found);
  const [head, tail] = [parts.slice(0, at), parts.slice(at + 1)];
  return (segments: readonly string[], found: Record<string, string>) => {
    const tailFrom = segments.length - tail.length;
    if (tailFrom - head.length < many.min) return false;
    if (!matchEach(head, segments, found) || !matchEach(tail, segments.slice(tailFrom), found)) return false;
    if (many.name !== undefined) found[many.name] = segments.slice(head.length, tailFrom).join("/");
    return true;
  };
};

/** The pattern that a text writes; `undefined`: it is none. Of what stands for several segments, a pattern has one at most. */
export const parsePattern = (written: string): Pattern | undefined => {
  const [method = "", path = "", ...rest] = written.split(" ");
  if (!METHOD.test(method) || !path.startsWith("/") || rest.length > 0) return undefined;
  const parts = writtenSegments(path).map(partOf);
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length || known.filter(({ kind }) => kind === "many").length > 1) return undefined;
  const fits = matcherOf(known);
  return {
    text: written,
    method,
    parts: known,
    match: (calledBy, segments) => {
      const wanted = calledBy === "HEAD" && method !== "HEAD" ? "GET" : calledBy;
      if (method !== "*" && method !== wanted) return undefined;
      const found: Record<string, string> = {};
      return fits(segments, found) ? found : undefined;
    },
  };
};

/** A pattern in a body, kept as it is written. */
export const patternText = () =>
  text({ min: 3, max: MAX_PATTERN_CHARACTERS }).refine(
    (written) => parsePattern(written) !== undefined,
    "must be a method or *, a blank and a path such as GET /items/{id} or * /items/**",
  );

/** A pattern that was checked when it was stored. */
export const storedPattern = (written: string): Pattern => {
  const pattern = parsePattern(written);
  if (pattern === undefined) throw new Error(`a stored pattern cannot be read: ${written}`);
  return pattern;
};

/** The names in a pattern. */
export const namesIn = ({ parts }: Pattern): string[] =>
  parts.flatMap((part) => (part.kind === "literal" ? [] : (part.name ?? [])));

/** The names that stand in a pattern more than once, where the last would hide the others. */
export const repeatedNames = (written: string): string[] => {
  const names = namesIn(storedPattern(written));
  return [...new Set(names.filter((name, at) => names.indexOf(name) !== at))];
};
