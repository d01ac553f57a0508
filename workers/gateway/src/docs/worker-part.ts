/** What a worker adds to the document of the whole: its operations as the route table has them, behind its prefix. */
import type { WorkerName } from "#shared/contracts/workers.ts";
import { matchRoute } from "#shared/policy/match.ts";
import type { Policy } from "#shared/policy/policy.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { documentSchema, type Part } from "./openapi.ts";

const policyAt = (worker: WorkerName, method: string, path: string): Policy | undefined => {
  const match = matchRoute(worker, method, path);
  return match.ok ? match.value.policy : undefined;
};

/** The part of a worker with this document. Throws where it is no document. */
export const workerPart = (worker: WorkerName, document: unknown): Part => ({
  worker,
  description: DESCRIPTIONS[worker],
  prefix: worker === "gateway" ? "" : `/${worker}`,
  document: documentSchema.parse(document),
  demandOf: (method, path) => policyAt(worker, method, path),
});
