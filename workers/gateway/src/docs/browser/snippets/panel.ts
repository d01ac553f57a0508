/** The call as it is filled in, in the language that the reader has chosen, to copy. */
import type { Filled } from "../document/request.ts";
import { copyButton } from "../elements/code.ts";
import { button, el } from "../elements/elements.ts";
import { current, heldSecrets } from "../session/session.ts";
import { curlOf } from "./curl.ts";
import { pythonOf } from "./python.ts";
import { type Snippet, snippetOf } from "./snippet.ts";
import { typescriptOf } from "./typescript.ts";

const LANGUAGES: Readonly<Record<string, (snippet: Snippet) => string>> = {
  curl: curlOf,
  TypeScript: typescriptOf,
  Python: pythonOf,
};

/** What was chosen last, for all operations. */
let language = "curl";

export interface SnippetPanel {
  element: Element;
  /** Writes it again, from what is filled in now. */
  update(): void;
}

export const snippetPanel = (filled: () => Filled): SnippetPanel => {
  const code = el("pre", { tabindex: "0" });
  const update = (): void => {
    const setting = {
      origin: location.origin,
      withKey: current()?.isKey ?? false,
      secrets: heldSecrets(),
    };
    code.textContent = LANGUAGES[language]?.(snippetOf(filled(), setting)) ?? "";
    for (const choice of choices) choice.setAttribute("aria-pressed", String(choice.textContent === language));
  };
  const choices = Object.keys(LANGUAGES).map((name) =>
    button(
      name,
      () => {
        language = name;
        update();
      },
      "choice",
    ),
  );
  return {
    element: el(
      "div",
      { class: "code snippet", role: "group", "aria-label": "This call as code" },
      el(
        "div",
        { class: "code-bar" },
        el("span", { class: "row" }, ...choices),
        copyButton(() => code.textContent ?? ""),
      ),
      code,
    ),
    update,
  };
};
