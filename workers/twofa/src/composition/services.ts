import type { Chores } from "#shared/http/worker.ts";
import type { FrameServices } from "#shared/http/worker-env.ts";
import type { Ports } from "../model/ports.ts";
import type { HoldingStore } from "../privacy/holdings.ts";

/** What the routes of twofa work with. */
export interface TwofaServices extends FrameServices, Chores, Ports {
  holdings: HoldingStore;
}
