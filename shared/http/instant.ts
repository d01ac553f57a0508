/** Instants that callers send, in query strings and bodies: RFC 3339, with any offset. */
import { instantText } from "../contracts/input.ts";

/** Whether it can be written in RFC 3339, whose years have four digits, once it is in UTC. */
const isWritable = (at: Date): boolean => at.getUTCFullYear() >= 0 && at.getUTCFullYear() <= 9_999;

export const instant = instantText(
  "must be an RFC 3339 timestamp such as 2026-11-29T10:00:00Z; in a query, encode + as %2B",
)
  .transform((text) => new Date(text))
  .refine(isWritable, "must be in the years 0000 to 9999 in UTC");
