import type { KmsRpc } from "#shared/contracts/kms.ts";
import type { Maintained } from "#shared/http/worker.ts";
import type { BaseServices } from "#shared/http/worker-env.ts";
import type { SearchEngine } from "../query/engine.ts";
import type { Reindexing } from "../sync/build.ts";
import type { KeyRotation, Rules } from "../sync/cluster.ts";

/** What an engine comes with. */
export interface SearchParts {
  engine: SearchEngine;
  reindexing: Reindexing;
  /** What only a Typesense cluster has. */
  rules?: Rules;
  rotation?: KeyRotation;
}

/** What the routes of search work with. */
export interface SearchServices extends SearchParts, BaseServices, Maintained {
  kms: Pick<KmsRpc, "issueSearchKey">;
}
