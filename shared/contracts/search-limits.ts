/** What a scoped key of search is restricted to besides its filter, as its claim `search_limits` says. */
import { z } from "zod";

export const searchLimits = z.strictObject({
  /** The only fields that searches use and show. */
  fields: z.array(z.string()).min(1).optional(),
  /** What responses leave out. */
  omitted: z.array(z.string()).min(1).optional(),
  /** How many hits all pages have together. */
  max_hits: z.int().min(0).optional(),
});

export type SearchLimits = z.infer<typeof searchLimits>;
