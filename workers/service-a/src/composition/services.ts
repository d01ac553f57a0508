import type { Contributions } from "#shared/contracts/personal-data.ts";
import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { DeadLetterStore } from "../model/dead-letter.ts";
import type { OutboxStore } from "../model/outbox.ts";
import type { ElementStore, ScriptStore } from "../model/ports.ts";

/** What the routes of service-a work with. */
export interface ServiceAServices extends BaseServices, Maintained {
  elements: ElementStore;
  scripts: ScriptStore;
  deadLetters: DeadLetterStore;
  outbox: Pick<OutboxStore, "backlog">;
  contributionsOf: (author: string) => Promise<Contributions>;
  /** Delivers changes to search, unless a delivery is already running. */
  drainOutbox: () => Promise<void>;
}
