/** All operations on the page, and which of them is open, as the address says. */
import type { Call, Worker } from "../document/calls.ts";
import { el } from "../elements/elements.ts";
import { hrefOf } from "./sidebar.ts";

export interface Listing {
  elements: Element[];
  filter(isShown: (call: Call) => boolean): void;
  /** Opens it, and shows it. */
  open(call: Call): void;
}

interface ListingOptions {
  view: (call: Call) => HTMLDetailsElement;
  /** The reader has opened or closed one. */
  onToggle: (call: Call, isOpen: boolean) => void;
}

export const createListing = (workers: readonly Worker[], { view, onToggle }: ListingOptions): Listing => {
  const views = new Map<Call, HTMLDetailsElement>();
  const viewOf = (call: Call): HTMLDetailsElement => {
    const details = view(call);
    details.addEventListener("toggle", () => onToggle(call, details.open));
    views.set(call, details);
    return details;
  };
  const topics: { element: HTMLElement; calls: readonly Call[] }[] = [];
  const sections = workers.map((worker) => {
    const parts = worker.topics.map(({ name, calls }) => {
      const element = el("section", { class: "topic" }, el("h3", {}, name), ...calls.map(viewOf));
      topics.push({ element, calls });
      return element;
    });
    const title = el("h2", {}, `${worker.name} `, el("small", {}, worker.description));
    return { element: el("section", { class: "worker" }, title, ...parts), parts };
  });
  return {
    elements: sections.map(({ element }) => element),
    filter: (isShown) => {
      for (const [call, details] of views) details.hidden = !isShown(call);
      for (const { element, calls } of topics) element.hidden = !calls.some(isShown);
      for (const { element, parts } of sections) element.hidden = parts.every(({ hidden }) => hidden);
    },
    open: (call) => {
      const details = views.get(call);
      if (details === undefined) return;
      details.open = true;
      details.scrollIntoView({ block: "start" });
      details.querySelector("summary")?.focus({ preventScroll: true });
    },
  };
};

/** The operation that the address names. */
export const calledFor = (calls: readonly Call[]): Call | undefined =>
  location.hash === ""
    ? undefined
    : calls.find((call) => hrefOf(call) === location.hash || `#${call.anchor}` === location.hash);
