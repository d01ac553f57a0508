import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { Chores } from "#shared/http/worker.ts";
import type { FrameServices } from "#shared/http/worker-env.ts";
import type { SearchEngine } from "../query/engine.ts";
import type { Reindexing } from "../sync/build.ts";
import type { KeyRotation, Rules } from "../sync/cluster.ts";

/** What the routes of search work with. */
export interface SearchServices extends FrameServices, Chores {
  engine: SearchEngine;
  reindexing: Reindexing;
  /** What only a Typesense cluster has. */
  rules?: Rules;
  rotation?: KeyRotation;
  kms: Pick<KmsRpc, "issueSearchKey">;
}
