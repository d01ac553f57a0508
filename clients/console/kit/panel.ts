/** What a worker brings to the console: each is an entry of the navigation and what is shown below its path. */
import type { ComponentType } from "preact";

/** In the order of the navigation. */
export const GROUPS = ["Now", "Access", "Traffic", "Content"] as const;

export interface PanelProps {
  /** The segments of the path below the panel's own, decoded: `["mara"]` of `/console/people/mara`. */
  rest: readonly string[];
}

export interface Panel {
  /** Its path below `/console/`: one segment. */
  id: string;
  title: string;
  group: (typeof GROUPS)[number];
  /** Within its group; the least comes first. */
  order: number;
  /** It is offered to those who hold one of these scopes: what it shows then must not fail. */
  needs: readonly string[];
  View: ComponentType<PanelProps>;
}
