/**
 * A reader that follows the rules of screenplain, as its parser documents them: paragraphs between blank lines, each of which
 * is one thing, and the first rule that fits says which. Written anew for the tests, from the rules.
 */

export interface Said {
  kind: string;
  text: string;
}

const TAB_WIDTH = 4;
const BONEYARD = /\/\*[\s\S]*?\*\//g;
const NOTE = /\[\[[\s\S]*?\]\]/g;
const LINE_END = /\r\n|\n|\r/;

const expandTabs = (line: string): string => {
  let expanded = "";
  for (const character of line)
    expanded += character === "\t" ? " ".repeat(TAB_WIDTH - (expanded.length % TAB_WIDTH)) : character;
  return expanded;
};

/** One space is blank, two are not: they keep a paragraph together. */
const isBlank = (line: string): boolean => line === "" || line === " ";

/** As Python has it: there are letters with case, and all of them are upper case. */
const isUpper = (text: string): boolean => /[\p{Lu}\p{Lt}]/u.test(text) && !/\p{Lowercase}/u.test(text);

/** Keys with values up to the first empty line; anything else there, and there is no title page. */
const titlePageOf = (lines: readonly string[]): Said[] | undefined => {
  const page: Said[] = [];
  let openKey: string | undefined;
  for (const line of lines) {
    const value = openKey === undefined ? undefined : /^(?:\s{3,}|\t)(.+)/.exec(line)?.[1];
    if (openKey !== undefined && value !== undefined) {
      page.push({ kind: openKey, text: value });
      continue;
    }
    const [, key, text = ""] = /^([^:]+):\s*(.*)/.exec(line) ?? [];
    if (key === undefined) return undefined;
    openKey = text === "" ? `title:${key}` : undefined;
    if (text !== "") page.push({ kind: `title:${key}`, text });
  }
  return lines.length === 0 ? undefined : page;
};

type Rule = (lines: readonly string[], before: Said | undefined) => Said[] | undefined;

const only = (lines: readonly string[]): string | undefined => (lines.length === 1 ? lines[0] : undefined);

const action: Rule = (lines) => [
  { kind: "action", text: lines.map((line) => line.replace(/^!/, "").trimEnd()).join("\n") },
];

const forcedAction: Rule = (lines, before) => (lines[0]?.startsWith("!") ? action(lines, before) : undefined);

const pageBreak: Rule = (lines) => (/^={3,}$/.test(only(lines) ?? "") ? [{ kind: "page-break", text: "" }] : undefined);

const takesSynopsis = (said: Said | undefined): boolean => said?.kind === "section" || said?.kind === "scene-heading";

const synopsis: Rule = (lines, before) => {
  const line = only(lines);
  return line?.startsWith("=") && takesSynopsis(before)
    ? [{ kind: "synopsis", text: line.slice(1).trimStart() }]
    : undefined;
};

const sections: Rule = (lines) => {
  const said: Said[] = [];
  for (const line of lines) {
    const [, marks, text = ""] = /^(#{1,6})\s*([^#].*)$/.exec(line) ?? [];
    if (marks !== undefined) said.push({ kind: "section", text: `${marks.length} ${text}` });
    else if (line.startsWith("=") && said.length > 0) said.push({ kind: "synopsis", text: line.slice(1).trimStart() });
    else return undefined;
  }
  return said;
};

const HEADING = /^(?:INT|EXT|EST|INT\.?\/EXT\.?|I\/E)[ .]/;

const heading: Rule = (lines) => {
  const line = only(lines);
  if (line === undefined || line.trim() === "") return undefined;
  const isForced = /^\.[^.]/.test(line);
  const text = (isForced ? line.slice(1) : line).trim().toUpperCase();
  return isForced || (/^\S/.test(line) && HEADING.test(text)) ? [{ kind: "scene-heading", text }] : undefined;
};

const CENTERED = /^\s*>\s*(.*?)\s*<\s*$/;

const centered: Rule = (lines) =>
  lines.every((line) => CENTERED.test(line))
    ? [{ kind: "centered", text: lines.map((line) => CENTERED.exec(line)?.[1] ?? "").join("\n") }]
    : undefined;

const dialogue: Rule = ([cue = "", ...lines]) => {
  if (lines.length === 0 || cue.endsWith("  ")) return undefined;
  const isForced = cue.startsWith("@") && cue.length > 1;
  if (!isForced && !isUpper(cue.split("(", 1)[0] ?? "")) return undefined;
  const name = (isForced ? cue.slice(1) : cue).trim().replace(/\s*\^$/, "");
  return [
    { kind: "character", text: name },
    { kind: "dialogue", text: lines.map((line) => line.trim()).join("\n") },
  ];
};

const transition: Rule = (lines) => {
  const line = only(lines);
  if (line?.startsWith(">")) return [{ kind: "transition", text: line.slice(1).trim().toUpperCase() }];
  return line?.endsWith("TO:") && isUpper(line.slice(0, -3)) ? [{ kind: "transition", text: line }] : undefined;
};

const RULES: readonly Rule[] = [
  forcedAction,
  pageBreak,
  synopsis,
  sections,
  heading,
  centered,
  dialogue,
  transition,
  action,
];

const paragraphsOf = (lines: readonly string[]): string[][] => {
  const paragraphs: string[][] = [[]];
  for (const line of lines) {
    if (!isBlank(line)) paragraphs.at(-1)?.push(line);
    else if (paragraphs.at(-1)?.length !== 0) paragraphs.push([]);
  }
  return paragraphs.filter((paragraph) => paragraph.length > 0);
};

/** What screenplain reads in a text, its title page first. */
export const readAsScreenplain = (text: string): Said[] => {
  const lines = text.replaceAll(BONEYARD, "").split(LINE_END).map(expandTabs);
  const end = lines.indexOf("");
  const page = titlePageOf(lines.slice(0, end < 0 ? lines.length : end));
  const said: Said[] = page ?? [];
  for (const paragraph of paragraphsOf(page === undefined || end < 0 ? (page ? [] : lines) : lines.slice(end))) {
    const kept = paragraph.join("\n").replaceAll(NOTE, "");
    if (isBlank(kept)) continue;
    const given = kept.split("\n");
    for (const rule of RULES) {
      const read = rule(given, said.at(-1));
      if (read === undefined) continue;
      said.push(...read);
      break;
    }
  }
  return said;
};
