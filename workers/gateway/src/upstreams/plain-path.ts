/**
 * Paths that one service reads in another way than the next: by them, a call could be decided on as one thing and served as
 * another. No honest client of most services sends any.
 */
import { isEncodedUtf8 } from "#shared/lang/utf8.ts";
import { canonicalPath, writtenPath } from "#shared/policy/path.ts";

/** What is wrong with the path. `lenient`: services are known that need such paths, so that an upstream may ask for them. */
interface Trick {
  isIn: (path: string) => boolean;
  fault: string;
  lenient?: true;
}

/** Any text that more than one round of decoding leads to; each `%25` is a percent sign to the round before. */
const ENCODED_AGAIN = /%(?:25)+([0-9a-f]{2})/gi;
const MEANINGFUL = /[\w.~\-/\\;]/;
const LAST_ASCII = 0x7f;
const FIRST_PRINTABLE = 0x20;

/** Whether there is a character behind several rounds of encoding that no client encodes twice, or a byte of none. */
const isEncodedTwice = (path: string): boolean =>
  [...path.matchAll(ENCODED_AGAIN)].some(([, hex = ""]) => {
    const byte = Number.parseInt(hex, 16);
    return byte < FIRST_PRINTABLE || byte >= LAST_ASCII || MEANINGFUL.test(String.fromCharCode(byte));
  });

/** Segments, by whichever slash, without their parameters, and with the dots as they are. */
const plainSegments = (path: string): string[] =>
  path
    .replace(/%2e/gi, ".")
    .split(/\/|\\|%2f|%5c/i)
    .map((segment) => segment.split(/;|%3b/i)[0] ?? "");

const TRICKS: readonly Trick[] = [
  { isIn: (path) => /\\|%5c/i.test(path), fault: "a backslash" },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  { isIn: (path) => /[\x00-\x20\x7f]|%(?:[01][0-9a-f]|7f)/i.test(path), fault: "a control character" },
  { isIn: (path) => !isEncodedUtf8(path), fault: "bytes that are no UTF-8" },
  { isIn: isEncodedTwice, fault: "a character that is encoded twice" },
  {
    isIn: (path) => plainSegments(path).some((segment) => segment.endsWith(".")),
    fault: "a segment that ends with a dot",
  },
  { isIn: (path) => /%2f/i.test(path), fault: "an encoded slash", lenient: true },
  { isIn: (path) => path.includes("//"), fault: "an empty segment", lenient: true },
  { isIn: (path) => /;|%3b/i.test(path), fault: "a semicolon", lenient: true },
];

const PLAIN = /^[\w/.~-]*$/;
const isPlain = (path: string): boolean =>
  PLAIN.test(path) && !path.includes("//") && !path.includes("./") && !path.endsWith(".");

/** What in the path of a URL services read differently, in words; `undefined`: nothing. `lenient`: what is let through. */
export const trickIn = (url: string, lenient: boolean): string | undefined => {
  const sent = writtenPath(url);
  if (isPlain(sent)) return undefined;
  // Digits of what is encoded may be encoded themselves: what is passed on has them decoded.
  const paths = [sent, canonicalPath(url)];
  return TRICKS.find((trick) => !(lenient && trick.lenient === true) && paths.some(trick.isIn))?.fault;
};
