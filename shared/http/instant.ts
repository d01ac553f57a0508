/** Instants that callers send, in query strings and bodies: RFC 3339, with any offset. */
import { z } from "@hono/zod-openapi";

/** The longest that makes sense: nanoseconds and an offset. */
const MAX_INSTANT_CHARACTERS = 40;

/** Whether it can be written in RFC 3339, whose years have four digits, once it is in UTC. */
const isWritable = (at: Date): boolean => at.getUTCFullYear() >= 0 && at.getUTCFullYear() <= 9_999;

export const instant = z.iso
  .datetime({
    offset: true,
    error: "must be an instant as in RFC 3339, such as 2026-11-29T10:00:00Z; in a query, write + as %2B",
  })
  .max(MAX_INSTANT_CHARACTERS)
  .transform((text) => new Date(text))
  .refine(isWritable, "must lie in the years 0000 to 9999 in UTC");
