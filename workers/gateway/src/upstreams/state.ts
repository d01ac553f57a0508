/** The state of an upstream and its targets as it is shown: that of the process that responds. */
import { z } from "@hono/zod-openapi";

export const upstreamState = z
  .object({
    breaker: z.enum(["closed", "open", "half-open"]),
    targets: z.array(
      z.object({
        url: z.string(),
        weight: z.number(),
        status: z.enum(["healthy", "unhealthy", "ejected", "unknown"]),
        ejectedUntil: z.iso.datetime().optional(),
      }),
    ),
  })
  .openapi({ description: "As the process that responds sees it; each has its own view" });

export type ShownState = z.infer<typeof upstreamState>;
export type BreakerState = ShownState["breaker"];
export type ShownTarget = ShownState["targets"][number];
