/** The kms's panels of the console. */
import type { Panel } from "#console";
import { Roles } from "./roles.tsx";
import { Services } from "./services/services.tsx";

export const panels: readonly Panel[] = [
  { id: "roles", title: "Roles", group: "Access", order: 20, needs: ["users:admin"], View: Roles },
  { id: "services", title: "Services and keys", group: "Access", order: 30, needs: ["keys:read"], View: Services },
];
