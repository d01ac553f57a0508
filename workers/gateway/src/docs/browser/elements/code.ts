/** Code and data as they are shown: with colours where they are JSON, and a button that copies them. */
import { button, type Child, el } from "./elements.ts";

/** More is slow to show in colours. */
const MAX_COLOURED_CHARACTERS = 60_000;
/** More is slow to show at all. */
const MAX_SHOWN_CHARACTERS = 400_000;

const SAID_MS = 2_000;

const JSON_TOKEN = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const kindOf = (string: string | undefined, colon: string | undefined): string => {
  if (string === undefined) return "literal";
  return colon === undefined ? "string" : "name";
};

/** JSON as it was formatted, with its tokens in colours. */
const coloured = (text: string): Child[] => {
  const parts: Child[] = [];
  let end = 0;
  for (const match of text.matchAll(JSON_TOKEN)) {
    const [token, string, colon] = match;
    parts.push(text.slice(end, match.index), el("span", { class: kindOf(string, colon) }, string ?? token), colon);
    end = match.index + token.length;
  }
  return [...parts, text.slice(end)];
};

const shown = (text: string, isJson: boolean): Child[] => {
  if (isJson && text.length <= MAX_COLOURED_CHARACTERS) return coloured(text);
  if (text.length <= MAX_SHOWN_CHARACTERS) return [text];
  return [`${text.slice(0, MAX_SHOWN_CHARACTERS)}\n… (${text.length} characters in all; Copy takes them all)`];
};

/** A button that copies what `text` returns when it is pressed, and says so. */
export const copyButton = (text: () => string): HTMLButtonElement => {
  const copying = async (): Promise<void> => {
    try {
      // Not there on pages that were not loaded by TLS.
      await navigator.clipboard.writeText(text());
      copy.textContent = "Copied";
    } catch {
      copy.textContent = "Not allowed";
    }
    setTimeout(() => {
      copy.textContent = "Copy";
    }, SAID_MS);
  };
  const copy = button("Copy", () => void copying());
  return copy;
};

/** A block of code under this name, with a button that copies it. */
export const codeBlock = (name: string, text: string, isJson = false): Element =>
  el(
    "div",
    { class: "code", role: "group", "aria-label": name },
    el(
      "div",
      { class: "code-bar" },
      el("span", {}, name),
      copyButton(() => text),
    ),
    el("pre", { tabindex: "0" }, ...shown(text, isJson)),
  );
