/** The kms's panels of the console. */
import type { Panel } from "#console";
import { Roles } from "./roles.tsx";

export const panels: readonly Panel[] = [
  { id: "roles", title: "Roles", group: "Access", order: 20, needs: ["users:admin"], View: Roles },
];
