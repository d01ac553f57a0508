/** The workers of this repository, by their folders; the first segment of a path at the gateway names one of the others. */
export const WORKERS = ["gateway", "kms", "twofa", "search", "service-a"] as const;
export type WorkerName = (typeof WORKERS)[number];

/** First segments of the gateway's own paths, and of those that it may get. */
const RESERVED: ReadonlySet<string> = new Set([
  ...WORKERS,
  "account",
  "console",
  "docs",
  "fountain",
  "health",
  "metrics",
  "oauth",
  "openapi.json",
  "ready",
  ".well-known",
]);

/** Whether paths below this first segment are Fountain's own. */
export const isReserved = (segment: string): boolean => RESERVED.has(segment);
