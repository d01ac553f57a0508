/** The list of all operations beside them: by worker and topic. */
import type { Call, Topic, Worker } from "../document/calls.ts";
import { el } from "../elements/elements.ts";

export interface Sidebar {
  elements: Element[];
  /** Shows those that are found; every topic is open while something is searched for. */
  filter(isShown: (call: Call) => boolean, isSearching: boolean): void;
  /** Marks the operation that is open. */
  mark(call: Call | undefined): void;
}

interface Entry {
  call: Call;
  item: HTMLElement;
  link: HTMLAnchorElement;
}

interface TopicEntry {
  details: HTMLDetailsElement;
  entries: Entry[];
}

export const hrefOf = ({ anchor }: Call): string => `#${encodeURIComponent(anchor)}`;

const entryOf = (call: Call): Entry => {
  const verb = el("span", { class: `verb ${call.method.toLowerCase()}` }, call.method);
  const link = el("a", { href: hrefOf(call) }, verb, el("span", {}, call.label));
  return { call, link, item: el("li", {}, link) };
};

const topicOf = ({ name, calls }: Topic): TopicEntry => {
  const entries = calls.map(entryOf);
  const list = el("ul", {}, ...entries.map(({ item }) => item));
  return { entries, details: el("details", {}, el("summary", {}, name), list) };
};

export const createSidebar = (workers: readonly Worker[]): Sidebar => {
  const sections = workers.map(({ name, topics }) => {
    const entries = topics.map(topicOf);
    const element = el("section", {}, el("h2", {}, name), ...entries.map(({ details }) => details));
    return { element, topics: entries };
  });
  const topics = sections.flatMap((section) => section.topics);
  return {
    elements: sections.map(({ element }) => element),
    filter: (isShown, isSearching) => {
      for (const { details, entries } of topics) {
        for (const { call, item } of entries) item.hidden = !isShown(call);
        details.hidden = entries.every(({ item }) => item.hidden);
        details.open = isSearching || entries.some(({ link }) => link.ariaCurrent !== null);
      }
      for (const { element, topics: own } of sections) element.hidden = own.every(({ details }) => details.hidden);
    },
    mark: (marked) => {
      for (const { details, entries } of topics)
        for (const { call, link } of entries) {
          if (call !== marked) link.removeAttribute("aria-current");
          else {
            link.setAttribute("aria-current", "true");
            details.open = true;
            link.scrollIntoView({ block: "nearest" });
          }
        }
    },
  };
};
