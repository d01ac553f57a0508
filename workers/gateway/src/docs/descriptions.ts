import type { WorkerName } from "#shared/contracts/workers.ts";

/** What each worker is for, as the landing page and the API document say it. */
export const DESCRIPTIONS: Record<WorkerName, string> = {
  gateway: "API gateway",
  kms: "Users, services, credentials and keys",
  twofa: "Second factors and step-up",
  search: "Full-text search",
  "service-a": "Sequence numbers and versions of screenplay elements",
};
