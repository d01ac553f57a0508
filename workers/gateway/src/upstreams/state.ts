/** The state of an upstream and its targets as it is shown: that of the process that responds. */
import { z } from "@hono/zod-openapi";

const FAILURES = ["unreached", "lost", "late", "gateway-error", "health-check"] as const;
/** How a call of a target, or a health check of it, failed. */
export type TargetFailure = (typeof FAILURES)[number];

export const upstreamState = z
  .object({
    breaker: z.enum(["closed", "open", "half-open"]),
    targets: z.array(
      z.object({
        url: z.string(),
        weight: z.number(),
        status: z.enum(["healthy", "unhealthy", "ejected", "unknown"]),
        ejectedUntil: z.iso.datetime().optional(),
        failures: z.int().openapi({ description: "Calls and health checks that failed in a row" }),
        failingSince: z.iso.datetime().optional().openapi({ description: "When the first of these failed" }),
        failure: z.enum(FAILURES).optional().openapi({
          description:
            "How the last of these failed; `gateway-error`: 502, 503 or 504; `unreached`: no connection was made",
        }),
      }),
    ),
  })
  .openapi({ description: "As the process that responds sees it; each has its own view" });

export type ShownState = z.infer<typeof upstreamState>;
export type BreakerState = ShownState["breaker"];
export type ShownTarget = ShownState["targets"][number];
