/**
 * Checks the text of a JSON body before it is parsed. Parsing is slowest, by far, for text that nests deeply or has very
 * many values, and no body of this API does. A parser also keeps the last of two members of one name (RFC 8259 §4), where a
 * proxy may have read the first.
 */

import { ANY_TYPE, type Policy, typesOf } from "../policy/policy.ts";
import { problem } from "../problem/problem.ts";
import { isBodiless } from "../semantics/method.ts";

/** The deepest body that this API accepts nests a quarter as deeply. */
export const MAX_JSON_DEPTH = 32;
/** The longest body that this API accepts, two lists of 10,000, has a third fewer. An empty list or object counts as two. */
export const MAX_JSON_VALUES = 32_768;

/** Characters of a member's name in a message. */
const MAX_SHOWN_NAME = 64;

/** More digits than any number needs. */
export const MAX_JSON_NUMBER_CHARACTERS = 256;

const SPACE = 0x20;
const COLON = 0x3a;
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const MARKS: ReadonlySet<number> = new Set([QUOTE, COMMA, COLON, OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT]);

/** Index of the quotation mark that ends the string which begins after `start`. */
const stringEnd = (text: string, start: number): number => {
  let at = start + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
};

/** A name as it is compared and shown: `"\\u0061"` is `"a"`. */
const memberName = (literal: string): string => {
  try {
    return String(JSON.parse(literal));
  } catch {
    return literal;
  }
};

const duplicateMember = (name: string): string =>
  `The JSON body has the member ${JSON.stringify(name.slice(0, MAX_SHOWN_NAME))} twice in one object: send it once.`;

/**
 * The fault of a JSON text, in a sentence: too deep, too many values, or a member twice in one object. `undefined` if there
 * is none. It does not check whether the text is JSON.
 */
export const jsonFault = (text: string): string | undefined => {
  let depth = 0;
  /** The member names of each open object; `undefined` for an open list. */
  const names: (Set<string> | undefined)[] = [];
  /** The last string: a member's name if a colon follows. */
  let literal = "";
  let values = 1;
  /** The start of the current word or number. */
  let begunAt = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const isBetween = code <= SPACE || MARKS.has(code);
    if (!isBetween) {
      if (at - begunAt >= MAX_JSON_NUMBER_CHARACTERS)
        return `The JSON body has a number of more than ${MAX_JSON_NUMBER_CHARACTERS} characters.`;
      continue;
    }
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      literal = text.slice(at, end + 1);
      at = end;
    } else if (code === OPEN_LIST || code === OPEN_OBJECT) {
      depth += 1;
      values += 1;
      names.push(code === OPEN_OBJECT ? new Set() : undefined);
    } else if (code === CLOSE_LIST || code === CLOSE_OBJECT) {
      depth -= 1;
      names.pop();
    } else if (code === COMMA) values += 1;
    else if (code === COLON) {
      const name = memberName(literal);
      const known = names.at(-1);
      if (known?.has(name)) return duplicateMember(name);
      known?.add(name);
    }
    begunAt = at + 1;
    if (depth > MAX_JSON_DEPTH) return `The JSON body nests deeper than ${MAX_JSON_DEPTH} levels.`;
    if (values > MAX_JSON_VALUES) return `The JSON body has more than ${MAX_JSON_VALUES} values.`;
  }
  return undefined;
};

interface Body {
  method: string;
  text: () => Promise<string>;
}

/** Refuses a JSON body that would take long to parse, or that names a member twice. Runs before any validator or handler reads it. */
export const assertParsableBody = async (request: Body, policy: Policy): Promise<void> => {
  if (isBodiless(request.method) || !typesOf(policy).some((type) => type === "application/json" || type === ANY_TYPE))
    return;
  const detail = jsonFault(await request.text());
  if (detail !== undefined) throw problem("malformed-request", { detail });
};
