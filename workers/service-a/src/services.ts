import type { FrameServices } from "#shared/http/app.ts";
import type { OutboxStore } from "./domain/outbox.ts";
import type { ElementStore, ScriptStore } from "./domain/ports.ts";

/** What the routes of service-a work with. */
export interface ServiceAServices extends FrameServices {
  elements: ElementStore;
  scripts: ScriptStore;
  outbox: Pick<OutboxStore, "backlog">;
  /** Tells search what changed, unless that is under way already. */
  drainOutbox: () => Promise<void>;
  /** What is due every minute. */
  runChores: () => Promise<void>;
}
