/** The gateway's panels of the console. */
import type { Panel } from "#console";

export const panels: readonly Panel[] = [];
