/** Exports as other programs read them: aw-parser, fountain-js, and the rules of screenplain. */
import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { READERS, type Said } from "../../../../tests/support/readers/fountain-readers.ts";
import { exportScreenplay, readScreenplay } from "../../../../tests/support/screenplay.ts";
import { groupBySection, type Markup, type Screenplay } from "./element.ts";

const EXAMPLES = path.join(import.meta.dirname, "../../../../examples");
const examples = globSync("*.fountain", { cwd: EXAMPLES }).sort();
const readers = Object.entries(READERS);

const TITLE_PAGES = [
  "",
  "Title: The Bus\nAuthor: A & B\n\n",
  "Title:\n    *El* bus\n    y el mar\nDraft-no. (x/y): 3\nDirector's notes: none\nContact:\na@example.org\n\n",
];
const HEADINGS = [
  "INT. HOUSE - DAY",
  "EXT. CAFÉ - NIGHT #12#",
  ".THE STAIRS",
  ".内景 茶馆",
  "# Act",
  "## Séquence 2",
  "####### Deep",
];
/** Cues of the syntax whose dialogue is action to aw-parser or fountain-js. */
const NO_CUE_TO_ALL = /HANS \(on the radio\)|BOB \[\[our hero\]\]/;
const PARAGRAPHS = [
  "He goes.",
  "She *sits*,\nand _stays_.",
  "他走进房间。\n他坐下来。",
  "يدخل الغرفة.\nثم يجلس.",
  "वह आता है।\nवह बैठता है।",
  "Он идёт.\nОн садится.",
  "!BOB WAITS",
  "!INT. NO HOUSE\n!CUT TO:",
  "> FADE OUT.",
  "> Fondu.",
  "CUT TO:",
  "FADE OUT.",
  "> FIN <",
  ">one<\n> two <",
  "~ La la\n~ di da",
  "~Willy\n~Wonka",
  "= what it is about",
  "[[a note]]",
  "[[a note\n  \nover lines]]",
  "===",
  "BOB\nHi.",
  "BOB (V.O.)\n(softly)\nHi.\n  \nHo.",
  "HANS (on the radio)\nJa.",
  "BOB [[our hero]]\nHi.",
  "@李雷\n你好。",
  "@McAvoy\nAye.\n~ aye, aye",
  "ANN\nHo.\n\nBOB ^\nHo.",
  "/* cut */",
  "/* cut\n\nINT. GONE\n\nBOB\nGone.\n*/",
  "He /* never */ goes.",
  "BOB\nHi. /* or ho */\nThere.",
  "  indented\n\ttoo",
  "Send everything TO:\nBox 12",
];
const BLANK = ["\n\n", "\n\n", "\n\n\n", "\n\n\n\n\n"];

const paragraph = fc.tuple(fc.constantFrom(...PARAGRAPHS), fc.constantFrom(...BLANK)).map((both) => both.join(""));
const section = fc
  .tuple(fc.constantFrom(...HEADINGS), fc.constantFrom(...BLANK), fc.array(paragraph, { maxLength: 5 }))
  .map(([heading, blank, paragraphs]) => heading + blank + paragraphs.join(""));
const generated = fc
  .tuple(
    fc.constantFrom(...TITLE_PAGES),
    fc.array(paragraph, { maxLength: 2 }),
    fc.array(section, { minLength: 1, maxLength: 4 }),
    fc.constantFrom("", "\n", "\n\n\n"),
  )
  .map(([page, start, sections, end]) => page + start.join("") + sections.join("").trimEnd() + end);

const RUNS = { numRuns: 500 };

describe.each(readers)("%s reads", (_, read) => {
  it.each(examples)("the export of %s as it reads the original", (name) => {
    const source = readFileSync(path.join(EXAMPLES, name), "utf8");
    const expected = read(source);
    expect(expected.length).toBeGreaterThan(10);
    expect(read(exportScreenplay(readScreenplay(source)))).toEqual(expected);
    const fromWindows = `\uFEFF${source.replaceAll("\n", "\r\n")}`;
    expect(read(exportScreenplay(readScreenplay(fromWindows)))).toEqual(expected);
  });

  it("the export of any other screenplay as it reads the original", () => {
    fc.assert(
      fc.property(generated, (source) => {
        expect(read(exportScreenplay(readScreenplay(source)))).toEqual(read(source));
      }),
      RUNS,
    );
  });

  it("the same in sections that have changed places", () => {
    fc.assert(
      fc.property(ordered, ([source, order]) => {
        const exported = exportScreenplay(readScreenplay(source), { order });
        expect(sorted(read(exported))).toEqual(sorted(read(source)));
      }),
      RUNS,
    );
  });

  it("a new text as what it is, and all others as before", () => {
    fc.assert(
      fc.property(revised, ([source, at, text]) => {
        const screenplay = readScreenplay(source);
        const before = read(source).map(keyOf);
        const { markup } = screenplay.elements[at] ?? {};
        const after = read(exportScreenplay(screenplay, { texts: { [at]: text } }));
        const isNew = (said: Said): boolean => /zulu/i.test(said.text);
        const kinds = new Set(after.filter(isNew).map(({ kind }) => kind));
        expect(markup && KINDS[markup]).toEqual(expect.arrayContaining([...kinds]));
        expect(before).toEqual(
          expect.arrayContaining(after.filter((said) => said.text !== "" && !isNew(said)).map(keyOf)),
        );
      }),
      RUNS,
    );
  });
});

const keyOf = ({ kind, text }: Said): string => `${kind}: ${text}`;
const sorted = (all: readonly Said[]): string[] => all.map(keyOf).sort();

/** A screenplay, and the places of its elements in an order of their section groups. */
const ordered = generated.chain((source) => {
  const { elements } = readScreenplay(source);
  const groups = groupBySection(elements.map((element, at) => ({ ...element, at })));
  const places = groups.map((group) => group.elements.map(({ at }) => at));
  const start = groups[0]?.section === undefined ? places.slice(0, 1) : [];
  const others = places.slice(start.length);
  return fc.tuple(
    fc.constant(source),
    fc.shuffledSubarray(others, { minLength: others.length }).map((moved) => [...start, ...moved].flat()),
  );
});

/** New texts by which each can be found again. To aw-parser a line with ` TO:` is a transition, whatever its mark. */
const ACTIONS = [
  "Zulu goes.",
  "ZULU WAITS",
  "ZULU\nzulu said.",
  "ZULU (who is late)\nzulu goes.",
  "INT. ZULU",
  "FADE IN: zulu",
  "@zulu at home",
  "# zulu of ten",
  "> zulu",
  "~zulu",
  ".zulu",
  "Zulu goes\nINT. ZULU\n@zulu",
  "Он zulu.\nОна zulu.",
  "他zulu。\n她zulu。",
];
const TEXTS: Partial<Record<Markup, readonly string[]>> = {
  action: ACTIONS,
  "scene-heading": ["INT. ZULU - DAY", "zulu street", "I./E. ZULU", "ext. zulu"],
  character: ["ZULU", "Zulu", "ÉZULU", "李雷zulu", "ZULU (on the radio)", "ZULU (V.O.)", "23 ZULU", "ZULU ^"],
  dialogue: ["Zulu.", "(zulu)\nZulu.", "Zulu.\n\nZulu."],
  transition: ["ZULU TO:", "Burn zulu", "FADE TO ZULU.", "ZULU CUT TO:"],
  centered: ["zulu", "zulu\nzulu"],
  synopsis: ["zulu"],
  lyrics: ["zulu", "zulu\nzulu"],
  "section-1": ["zulu", "INT. ZULU"],
  "section-2": ["zulu"],
  note: ["zulu", "zulu\n\nzulu"],
};
/** What readers call each kind: none but one knows lyrics, and some read a note over two lines as text. */
const KINDS: Partial<Record<Markup, readonly string[]>> = {
  action: ["action"],
  "scene-heading": ["scene-heading"],
  character: ["character"],
  dialogue: ["dialogue", "parenthetical"],
  transition: ["transition"],
  centered: ["centered"],
  synopsis: ["synopsis", "action"],
  lyrics: ["lyrics", "action"],
  "section-1": ["section"],
  "section-2": ["section"],
  note: ["note", "action"],
};

const textsFor = (screenplay: Screenplay) =>
  screenplay.elements.flatMap(({ markup }, at) => (TEXTS[markup] ?? []).map((text) => [at, text] as const));

/**
 * A screenplay, the place of one element, and its new text. At the very beginning, screenplain takes any line with a colon
 * for a title page.
 */
const revised = generated
  .filter((source) => !NO_CUE_TO_ALL.test(source) && textsFor(readScreenplay(source)).length > 0)
  .chain((source) =>
    fc.constantFrom(...textsFor(readScreenplay(source))).map(([at, text]) => [source, at, text] as const),
  )
  .filter(([source, at, text]) => at > 0 || source.startsWith("Title") || !text.includes(":"));
