/** What other programs read in a screenplay: kind and text of each element, in one vocabulary. */
import awParser from "aw-parser";
import { Fountain, Lexer } from "fountain-js";
import { readAsScreenplain, type Said } from "./screenplain.ts";

export type { Said } from "./screenplain.ts";

const EVERYTHING = {
  print_headers: true,
  print_actions: true,
  print_dialogues: true,
  print_sections: true,
  print_synopsis: true,
};

/** Some beginnings and ends of blocks, and blank lines, are tokens of their own. */
const LAYOUT = /^(?:separator|spaces|(?:dialogue|dual_dialogue)_(?:begin|end))$/;

const said = ({ type, text }: { type: string; text?: string | undefined }): Said => ({
  kind: type.replaceAll("_", "-"),
  text: (text ?? "").trim(),
});

const readWithAwParser = (text: string): Said[] => {
  const { title_page: page, tokens } = awParser.parser.parse(text, EVERYTHING);
  return [
    ...page.map((token) => said({ ...token, type: `title:${token.type}` })),
    ...tokens.filter(({ type }) => !LAYOUT.test(type)).map(said),
  ];
};

/** It fails for dialogue that begins with a sung line. */
const SUNG_AT_ONCE = /^([A-Z][A-Z .^]*\n)~/gm;

const readWithFountainJs = (text: string): Said[] => {
  // It keeps this from one screenplay to the next.
  Reflect.set(Lexer, "lastLineWasDualDialogue", false);
  const { tokens = [] } = new Fountain().parse(text.replaceAll(SUNG_AT_ONCE, "$1(singing)\n~"), true);
  return tokens.filter(({ type }) => !LAYOUT.test(type)).map(said);
};

export const READERS: Readonly<Record<string, (text: string) => Said[]>> = {
  "aw-parser": readWithAwParser,
  "fountain-js": readWithFountainJs,
  screenplain: readAsScreenplain,
};
