import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { FrameServices } from "#shared/http/app.ts";
import type { Chores } from "#shared/http/worker.ts";
import type { SearchEngine } from "./domain/engine.ts";

/** What the routes of search work with. */
export interface SearchServices extends FrameServices, Chores {
  engine: SearchEngine;
  kms: Pick<KmsRpc, "issueSearchKey">;
}
