/**
 * The words that documentation, comments and messages avoid, because readers search for the standard term; and which part
 * of a file is prose that the rule applies to.
 */

interface Rejected {
  /** Matches in any case; a space in it matches a line break too. */
  words: string;
  instead: string;
}

/** A regular expression of words, and the term of the field. */
export const REJECTED: readonly Rejected[] = [
  { words: "doors?", instead: "gateway, entry point" },
  { words: "tell|tells|telling|told", instead: "report, record, notify, say" },
  { words: "whoever|whomever", instead: "anyone who, the caller" },
  { words: "nobody", instead: "no one, no caller" },
  { words: "somebody|anybody|everybody", instead: "someone, anyone, everyone" },
  { words: "he|him|his|himself", instead: "they, them, their" },
  { words: "chores?", instead: "maintenance job" },
  { words: "way out", instead: "egress, recovery" },
  { words: "by call", instead: "on demand" },
  { words: "by schedule", instead: "on schedule" },
  { words: "(?:unless|if not) (?:told|said)(?: otherwise)?", instead: "by default" },
  { words: "nought", instead: "zero" },
  { words: "anew", instead: "again" },
  { words: "news", instead: "updates" },
  { words: "(?:in|by|takes?|taking|took) turns", instead: "concurrency limit, alternately" },
  { words: "answer(?:s|ed|ing)?", instead: "response, respond, return" },
  { words: "gone", instead: "unavailable, deleted" },
  { words: "(?:reads?|finds?|gives?) (?:its |the )?numbers", instead: "metrics" },
  { words: "forg(?:e|es|ed|ing) (?:an? )?(?:api )?keys?", instead: "generate, mint" },
  { words: "season(?:s|ed|ing)?", instead: "apply a pepper" },
  { words: "stretch(?:es|ed|ing)?", instead: "derive a key, range" },
  { words: "rehears(?:e|es|ed|ing|al)", instead: "dry run" },
  { words: "lenien(?:t|cy)", instead: "typo tolerance" },
  { words: "occasions?", instead: "request context" },
  { words: "confin(?:e|es|ed|ing|ement)", instead: "restrict, filter" },
  { words: "hand(?:s|ed|ing)? (?:\\w+ )?out", instead: "grant, issue, return" },
  { words: "go(?:es|ing)? on", instead: "continue" },
  { words: "(?:a|this|each) fountain", instead: "an installation, Fountain" },
  { words: "in vain", instead: "without success" },
  { words: "sees? to it", instead: "ensure" },
];

const PATTERNS = REJECTED.map(({ words, instead }) => ({
  pattern: new RegExp(`\\b(?:${words.replaceAll(" ", "\\s+")})\\b`, "gi"),
  instead,
}));

export interface Finding {
  line: number;
  found: string;
  instead: string;
}

const lineOf = (text: string, index: number): number => text.slice(0, index).split("\n").length;

/** Every rejected word of a text, in the order of the list. */
export const findRejected = (prose: string): Finding[] =>
  PATTERNS.flatMap(({ pattern, instead }) =>
    [...prose.matchAll(pattern)].map((match) => ({ line: lineOf(prose, match.index), found: match[0], instead })),
  );

/** As long as the part, so that lines keep their numbers. */
const blank = (part: string): string => part.replace(/[^\n]/g, " ");
const without = (text: string, ...parts: readonly RegExp[]): string =>
  parts.reduce((rest, part) => rest.replace(part, blank), text);

const FENCED_CODE = /^```.*?^```$/gms;
const INLINE_CODE = /(`+)[^`]+\1/g;
const LINK_TARGET = /\]\([^)]*\)|<https?:[^>]*>/g;
/** Names of tests and labels of other programs stand in italics. */
const QUOTED = /(?<!\*)\*(?![\s*])[^*\n]+\*(?!\*)/g;

const INTERPOLATION = /\$\{[^}]*\}/g;

/** A comment, a string of one line or of a template, or a regular expression, which may hold a quote: whichever is first. */
const TOKENS = new RegExp(
  [
    /(?<comment>\/\/[^\n]*|\/\*.*?\*\/)/,
    /(?<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`)/,
    /(?<=[=(,:?!&|[]\s*|=>\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\//,
  ]
    .map(({ source }) => source)
    .join("|"),
  "gs",
);

/** The text with everything blank but its comments, or but its strings of more than one word. */
const only = (kind: "comments" | "messages", text: string): string => {
  let end = 0;
  let prose = "";
  for (const match of text.matchAll(TOKENS)) {
    const { comment, string } = match.groups ?? {};
    const isWanted = kind === "comments" ? comment !== undefined : string?.includes(" ");
    prose += blank(text.slice(end, match.index)) + (isWanted ? match[0] : blank(match[0]));
    end = match.index + match[0].length;
  }
  return prose + blank(text.slice(end));
};

interface TextKind {
  name: string;
  /** For `git ls-files`. */
  files: readonly string[];
  /** What of such a file is prose; all else is blank. */
  prose(text: string): string;
  isChecked: boolean;
}

const SOURCES = ["*.ts", "*.tsx", ":!*.test.ts", ":!*.spec.ts", ":!tests", ":!*.generated.ts"];

export const TEXT_KINDS: readonly TextKind[] = [
  {
    name: "documentation",
    files: ["*.md"],
    prose: (text) => without(text, FENCED_CODE, INLINE_CODE, LINK_TARGET, QUOTED),
    isChecked: true,
  },
  {
    name: "comments",
    files: SOURCES,
    prose: (text) => without(only("comments", text), INLINE_CODE),
    isChecked: true,
  },
  {
    name: "messages",
    files: [...SOURCES, ":!runtime/checks/words.ts"],
    prose: (text) => without(only("messages", text), INTERPOLATION),
    isChecked: true,
  },
];
