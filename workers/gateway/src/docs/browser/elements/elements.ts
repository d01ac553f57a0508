/** Elements made with `textContent` alone, so that nothing that a document or a response says can become markup. */

export type Child = Node | string | undefined;

/** `true` is an attribute without a value; without `undefined` and `false`. */
type Attributes = Record<string, string | boolean | undefined>;

export const fill = (node: Element, children: readonly Child[]): void =>
  node.replaceChildren(...children.filter((child) => child !== undefined));

export const el = <Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] => {
  const node = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(attribute, value === true ? "" : value);
  }
  fill(node, children);
  return node;
};

/** An element that the page was delivered with. */
export const find = <Kind extends Element>(selector: string): Kind => {
  const found = document.querySelector<Kind>(selector);
  if (found === null) throw new Error(`the page has no ${selector}`);
  return found;
};

export const field = (label: Child, control: Element, hint?: Child): Element =>
  el("label", { class: "field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : undefined);

export const chip = (text: string, kind = ""): Element => el("span", { class: `chip ${kind}`.trim() }, text);

export const button = (label: string, onPress: () => void, kind = "plain"): HTMLButtonElement => {
  const made = el("button", { type: "button", class: kind }, label);
  made.addEventListener("click", onPress);
  return made;
};

/** A disclosure, whose content is made when it is first opened. */
export const disclosure = (
  summary: readonly Child[],
  content: () => Child[],
  attributes: Attributes = {},
): HTMLDetailsElement => {
  const details = el("details", attributes, el("summary", {}, ...summary));
  details.addEventListener("toggle", () => {
    if (details.open && details.childElementCount === 1)
      details.append(...content().filter((child) => child !== undefined));
  });
  return details;
};

/** Text with what stands between backquotes as code. */
export const withCode = (text: string): Child[] =>
  text.split("`").map((part, index) => (index % 2 === 1 ? el("code", {}, part) : part));

/** The same in paragraphs. */
export const prose = (text: string): Element[] =>
  text
    .split(/\n\s*\n/)
    .filter((paragraph) => paragraph.trim() !== "")
    .map((paragraph) => el("p", {}, ...withCode(paragraph)));
