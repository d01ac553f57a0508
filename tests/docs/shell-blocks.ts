/** The commands in the pages of the documentation, as readers copy them. */
import { readFileSync } from "node:fs";
import path from "node:path";

const ROOT = path.join(import.meta.dirname, "..", "..");

export interface ShellBlock {
  /** The page, from the root of the repository. */
  page: string;
  /** The heading that it stands under. */
  heading: string;
  /** The commands. */
  text: string;
}

const HEADING_OR_BLOCK = /^#+ ([^\n]+)$|^ *```(\w*)\n(.*?)^ *```$/gms;
const SHELLS = ["sh", "bash", "shell", "console"];

/** All blocks of shell commands of a page, in their order. */
export const shellBlocks = (page: string): ShellBlock[] => {
  let current = "";
  return [...readFileSync(path.join(ROOT, page), "utf8").matchAll(HEADING_OR_BLOCK)].flatMap(
    ([, heading, language = "", text = ""]) => {
      if (heading !== undefined) current = heading;
      return heading === undefined && SHELLS.includes(language) ? [{ page, heading: current, text }] : [];
    },
  );
};

/** The blocks under one heading of a page. Throws if there are none. */
export const blocksUnder = (page: string, heading: string): string[] => {
  const found = shellBlocks(page).filter((block) => block.heading === heading);
  if (found.length === 0) throw new Error(`${page} has no commands under ${heading}`);
  return found.map(({ text }) => text);
};
