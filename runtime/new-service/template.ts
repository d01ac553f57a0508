/** The files of a new worker: those of `templates/new-service`, which is called as no worker is. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Names, namesOf } from "./name.ts";

const TEMPLATE = namesOf("new-service");
const FORMS = ["kebab", "snake", "constant", "camel", "pascal"] as const;
const ANY_FORM = new RegExp(FORMS.map((form) => TEMPLATE[form]).join("|"), "g");

/** The text with the new worker's name in place of the template's, in each of its forms. */
const withName = (text: string, names: Names): string =>
  text.replace(ANY_FORM, (found) => names[FORMS.find((form) => TEMPLATE[form] === found) ?? "kebab"]);

/** By path from the root, the text of each file. */
export const filesOf = (root: string, names: Names): Map<string, string> => {
  const folder = path.join(root, "templates", TEMPLATE.kebab);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [
        path.posix.join("workers", names.kebab, path.relative(folder, file).split(path.sep).join("/")),
        withName(readFileSync(file, "utf8"), names),
      ]),
  );
};
