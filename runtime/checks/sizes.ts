/** How much a folder and a file may hold, so that a reader can survey them. */
import path from "node:path";
import { isTest, type SourceFile } from "./import-rules.ts";

const MAX_FILES_IN_A_FOLDER = 25;

/** Folders with too many source files to survey, tests aside, with their number. */
export const findCrowdedFolders = (files: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>();
  for (const file of files)
    if (!isTest(file)) counts.set(path.posix.dirname(file), (counts.get(path.posix.dirname(file)) ?? 0) + 1);
  return [...counts].filter(([, count]) => count > MAX_FILES_IN_A_FOLDER);
};

const MAX_LINES_IN_A_FILE = 300;

const linesIn = (text: string): number => text.split("\n").length - (text.endsWith("\n") ? 1 : 0);

/** No one writes or reads these from top to bottom. */
const isGenerated = ({ file }: SourceFile): boolean => file.endsWith(".generated.ts");

/** Files with too many lines to survey, tests included and generated ones aside, with their number. */
export const findLongFiles = (files: readonly SourceFile[]): [string, number][] =>
  files
    .filter((source) => !isGenerated(source))
    .map(({ file, text }): [string, number] => [file, linesIn(text)])
    .filter(([, count]) => count > MAX_LINES_IN_A_FILE);
