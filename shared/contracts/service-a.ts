/** What the other workers may call at service-a, over its private entrypoint `Rpc`. */

import type { Result } from "../lang/result.ts";
import type { Contributions } from "./personal-data.ts";

export interface ServiceARpc {
  /** What this user, or service, wrote. */
  contributionsOf(author: string): Promise<Result<Contributions>>;
}
