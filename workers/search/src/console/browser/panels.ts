/** The panel of search in the console. */
import type { Panel } from "#console";
import { Search } from "./search.tsx";

export const panels: readonly Panel[] = [
  { id: "search", title: "Search", group: "Content", order: 0, needs: ["search:read"], View: Search },
];
