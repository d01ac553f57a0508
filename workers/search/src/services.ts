import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { FrameServices } from "#shared/http/app.ts";
import type { Chores } from "#shared/http/worker.ts";
import type { Reindexing } from "./domain/build.ts";
import type { KeyRotation, Rules } from "./domain/cluster.ts";
import type { SearchEngine } from "./domain/engine.ts";

/** What the routes of search work with. */
export interface SearchServices extends FrameServices, Chores {
  engine: SearchEngine;
  reindexing: Reindexing;
  /** What only a Typesense cluster has. */
  rules?: Rules;
  rotation?: KeyRotation;
  kms: Pick<KmsRpc, "issueSearchKey">;
}
