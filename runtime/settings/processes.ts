/** The setting WORKERS, of `npm start` and of the Compose stack. */
import { z } from "zod";
import { setting } from "../../shared/settings/settings.ts";
import { MAX_PROCESSES } from "../workerd/processes.ts";

export const processes = setting(
  `a whole number from 1 to ${MAX_PROCESSES}`,
  z
    .string()
    .regex(/^\d{1,9}$/)
    .refine((text) => Number(text) >= 1 && Number(text) <= MAX_PROCESSES)
    .optional(),
);
