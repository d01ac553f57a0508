/** Media types as `Content-Type` and `Accept` name them (RFC 9110 §8.3.1, §12.5.1). */

export interface MediaType {
  /** In lower case: `application/json`. */
  type: string;
  /** By their names in lower case; quoted values are unquoted. */
  parameters: ReadonlyMap<string, string>;
}

const TYPE = /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/;
const PARAMETER = /^([\w!#$%&'*+.^`|~-]+)=([\w!#$%&'*+.^`|~-]+|"(?:[^"\\]|\\.)*")$/;
/** Optional white space (RFC 9110 §5.6.3). */
const isBlank = (character: string | undefined): boolean => character === " " || character === "\t";

/** A field value without the blanks and tabs around it, which are no part of it (RFC 9110 §5.5). */
export const trimBlanks = (value: string): string => {
  let start = 0;
  let end = value.length;
  while (start < end && isBlank(value[start])) start += 1;
  while (end > start && isBlank(value[end - 1])) end -= 1;
  return value.slice(start, end);
};

/** The parts between the separators that stand outside of quoted strings, without blanks around them. */
const splitUnquoted = (text: string, separator: "," | ";"): string[] => {
  const parts: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted && character === "\\") at += 1;
    else if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && character === separator) {
      parts.push(trimBlanks(text.slice(start, at)));
      start = at + 1;
    }
  }
  return [...parts, trimBlanks(text.slice(start))];
};

const unquote = (value: string): string => (value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/g, "$1") : value);

/** A media type or range with its parameters, empty ones left out; `undefined` where the text is none. */
export const parseMediaType = (text: string): MediaType | undefined => {
  const [type = "", ...rest] = splitUnquoted(text, ";");
  if (!TYPE.test(type)) return undefined;
  const parameters = new Map<string, string>();
  for (const part of rest) {
    if (part === "") continue;
    const [, name, value] = PARAMETER.exec(part) ?? [];
    if (name === undefined || value === undefined) return undefined;
    // Of a parameter that is repeated, the first counts, as in the MIME Sniffing standard.
    if (!parameters.has(name.toLowerCase())) parameters.set(name.toLowerCase(), unquote(value));
  }
  return { type: type.toLowerCase(), parameters };
};

/** The elements of a list of media ranges, without those that are none. */
export const parseMediaTypes = (list: string): MediaType[] =>
  splitUnquoted(list, ",").flatMap((element) => parseMediaType(element) ?? []);
