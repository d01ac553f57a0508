import type { Contributions } from "#shared/contracts/personal-data.ts";
import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { Reorder } from "../elements/reorder.ts";
import type { DeadLetterStore } from "../model/dead-letter.ts";
import type { OutboxStore } from "../model/outbox.ts";
import type { ElementStore, ScriptStore } from "../model/ports.ts";
import type { Redrive } from "../outbox/redrive.ts";

/** What the routes of service-a work with. */
export interface ServiceAServices extends BaseServices, Maintained {
  elements: Omit<ElementStore, "reorder" | "findReorder">;
  reorder: Reorder;
  scripts: ScriptStore;
  deadLetters: Pick<DeadLetterStore, "list">;
  redrive: Redrive;
  outbox: Pick<OutboxStore, "backlog">;
  contributionsOf: (author: string) => Promise<Contributions>;
  /** Delivers changes to search a moment later, unless a delivery is already under way. */
  drainOutbox: () => Promise<void>;
  /** Delivers the changes stored now to search, and resolves when that is done or the time is over. */
  deliver: (limitMs: number) => Promise<void>;
}
