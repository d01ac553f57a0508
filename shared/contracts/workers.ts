/** The workers of this repository, by their folders; the first segment of a path at the gateway names one of the others. */
export const WORKERS = ["gateway", "kms", "twofa", "search", "service-a"] as const;
export type WorkerName = (typeof WORKERS)[number];
