/** The panels of new-service in the console. */
import type { Panel } from "#console";
import { Notes } from "./notes.tsx";

export const panels: readonly Panel[] = [
  { id: "new-service", title: "new-service", group: "Content", order: 50, needs: ["new-service:read"], View: Notes },
];
