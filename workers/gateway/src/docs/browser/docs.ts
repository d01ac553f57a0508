/** The script of the /docs page: it reads /openapi.json, and shows, finds and sends every operation. */
import { type Call, callsOf, isFound, type Worker, workersOf } from "./document/calls.ts";
import type { ApiDocument } from "./document/openapi.ts";
import { el, fill, find } from "./elements/elements.ts";
import { calledFor, createListing } from "./navigation/listing.ts";
import { startSearch } from "./navigation/search.ts";
import { createSidebar, hrefOf } from "./navigation/sidebar.ts";
import { operationView } from "./operation/operation.ts";
import { createLogin } from "./session/login.ts";
import { reasonOf } from "./session/second-factor.ts";

const operations = find<HTMLElement>("#operations");
const menu = find<HTMLElement>("#menu");
const menuButton = find<HTMLButtonElement>("#menu-button");
const search = find<HTMLInputElement>("#search");
const found = find<HTMLElement>("#found");

const openMenu = (isOpen: boolean): void => {
  menuButton.setAttribute("aria-expanded", String(isOpen));
};

/** Shows the document. Returns what shows it again, with nothing of what was typed and received. */
const show = (workers: readonly Worker[], spec: ApiDocument): (() => void) => {
  const calls = callsOf(workers);
  const sidebar = createSidebar(workers);
  let listing = create();

  const isShown = (call: Call): boolean => isFound(call, search.value.trim());
  const filter = (): void => {
    const isSearching = search.value.trim() !== "";
    const count = calls.filter(isShown).length;
    listing.filter(isShown);
    sidebar.filter(isShown, isSearching);
    found.textContent = isSearching ? `${count} of ${calls.length} operations` : "";
  };
  const clearSearch = (): void => {
    search.value = "";
    filter();
  };
  /** Shows the operation that the address names. */
  const follow = (): void => {
    const call = calledFor(calls);
    sidebar.mark(call);
    if (call === undefined) return;
    if (!isShown(call)) clearSearch();
    openMenu(false);
    listing.open(call);
  };

  function create() {
    const made = createListing(workers, {
      view: (call) => operationView(call, spec),
      onToggle: (call, isOpen) => {
        if (isOpen === (calledFor(calls) === call)) return;
        if (isOpen) history.pushState(null, "", hrefOf(call));
        else history.replaceState(null, "", location.pathname);
        sidebar.mark(isOpen ? call : undefined);
      },
    });
    fill(operations, made.elements);
    return made;
  }

  fill(menu, sidebar.elements);
  startSearch({
    input: search,
    onSearch: filter,
    onEnter: () => {
      const id = search.value.trim().toLowerCase();
      const first = calls.find(({ anchor }) => anchor.toLowerCase() === id) ?? calls.find(isShown);
      if (first === undefined) return;
      if (calledFor(calls) === first) follow();
      else location.hash = hrefOf(first);
    },
  });
  addEventListener("hashchange", follow);
  filter();
  follow();
  return () => {
    listing = create();
    filter();
    follow();
  };
};

let showAgain = (): void => {};

const start = async (): Promise<void> => {
  try {
    const response = await fetch("/openapi.json");
    if (!response.ok) throw new Error(`openapi.json responded ${response.status}`);
    const spec: ApiDocument = await response.json();
    showAgain = show(workersOf(spec), spec);
  } catch (error) {
    fill(operations, [el("p", { class: "status bad" }, `Not ready: ${reasonOf(error)}. Reload in a moment.`)]);
  }
};

menuButton.addEventListener("click", () => openMenu(menuButton.getAttribute("aria-expanded") === "false"));
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape" || menuButton.getAttribute("aria-expanded") === "false") return;
  openMenu(false);
  menuButton.focus();
});
createLogin(find("#account"), find("#acting"), () => showAgain());
void start();
