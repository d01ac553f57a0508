/** The panel of service-a in the console. */
import type { Panel } from "#console";
import { Scripts } from "./scripts.tsx";

export const panels: readonly Panel[] = [
  { id: "scripts", title: "Scripts", group: "Content", order: 10, needs: ["sequence:read"], View: Scripts },
];
