/** Whose numbers are shown. */
import { z } from "@hono/zod-openapi";

export const processes = z
  .object({
    counted: z.int().openapi({ description: "How many processes are included" }),
    running: z.int().nullable().openapi({ description: "How many there are on this machine; null: not known" }),
  })
  .openapi("Processes", { description: "Whose numbers these are: each process counts in its own memory" });

export const PROCESSES_EXAMPLE = { counted: 2, running: 2 };
