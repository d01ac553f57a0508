/** An element in its latest version, as statements of our own read it. */
import { z } from "zod";
import { ELEMENT_TYPES, type Element } from "../model/element.ts";

export const elementRow = z.object({
  element_type: z.enum(ELEMENT_TYPES),
  element_id: z.number(),
  sequence_number: z.number(),
  version_number: z.number(),
  comment: z.string(),
  script_id: z.number().nullable(),
  created_at: z.number(),
  updated_at: z.number(),
});

export const elementOf = (row: z.infer<typeof elementRow>): Omit<Element, "text"> => ({
  elementType: row.element_type,
  elementId: row.element_id,
  sequenceNumber: row.sequence_number,
  versionNumber: row.version_number,
  comment: row.comment,
  scriptId: row.script_id,
  createdAtMs: row.created_at,
  updatedAtMs: row.updated_at,
});
