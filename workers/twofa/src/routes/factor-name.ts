import { z } from "@hono/zod-openapi";

export const MAX_NAME_LENGTH = 64;

/** What the owner calls a factor, to tell several apart. */
export const factorName = (fallback: string) => z.string().trim().min(1).max(MAX_NAME_LENGTH).default(fallback);
