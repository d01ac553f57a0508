import type { FrameServices } from "#shared/http/app.ts";
import type { Chores } from "#shared/http/worker.ts";
import type { HoldingStore } from "./domain/holdings.ts";
import type { Ports } from "./domain/ports.ts";

/** What the routes of twofa work with. */
export interface TwofaServices extends FrameServices, Chores, Ports {
  holdings: HoldingStore;
}
