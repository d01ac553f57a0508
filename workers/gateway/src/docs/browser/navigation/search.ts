/** The search of the header: by path, summary and operationId. */

interface SearchOptions {
  input: HTMLInputElement;
  /** Something else is searched for. */
  onSearch: () => void;
  /** The first that is found is wanted. */
  onEnter: () => void;
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.matches("input, textarea, select") || target.isContentEditable);

export const startSearch = ({ input, onSearch, onEnter }: SearchOptions): void => {
  input.addEventListener("input", () => {
    onSearch();
    scrollTo({ top: 0 });
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") onEnter();
    if (event.key !== "Escape") return;
    input.value = "";
    onSearch();
  });
  document.addEventListener("keydown", (event) => {
    const isModified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key !== "/" || isModified || isTyping(event.target) || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    input.select();
  });
};
