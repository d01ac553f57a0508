/** Elements made with `textContent` alone, so that nothing that a document or a response says can become markup. */

type Child = Node | string | undefined;

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

export const field = (label: string, control: Element, hint?: string): Element =>
  el("label", { class: "field" }, el("span", {}, label), control, hint ? el("small", {}, hint) : undefined);

export const chip = (text: string, kind = ""): Element => el("span", { class: `chip ${kind}` }, text);
