/** The gateway's panels of the console. */
import type { Panel } from "#console";
import { Explain } from "./explain/explain.tsx";
import { Overview } from "./overview/overview.tsx";
import { Gateway } from "./traffic/gateway.tsx";

/** All who look after something have something to see there. */
const OVERVIEW = ["gateway:read", "keys:read", "users:admin", "audit:read", "secrets:read", "search:write"];

export const panels: readonly Panel[] = [
  { id: "overview", title: "Overview", group: "Now", order: 0, needs: OVERVIEW, View: Overview },
  { id: "gateway", title: "Gateway", group: "Traffic", order: 10, needs: ["gateway:read"], View: Gateway },
  { id: "explain", title: "Explain", group: "Traffic", order: 20, needs: ["gateway:read"], View: Explain },
];
