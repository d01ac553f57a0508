/** The parts that the shapes of several routes share. */
import { z } from "@hono/zod-openapi";
import { text as boundedText, integer } from "#shared/contracts/input.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { countParameter } from "#shared/http/openapi.ts";
import { decodeNumber } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { ELEMENT_TYPES, type Element, isStorable, MAX_COMMENT_LENGTH, MAX_ELEMENT_ID } from "../model/element.ts";
import { MAX_TEXT_LENGTH } from "../screenplay/element.ts";

export const elementType = z.enum(ELEMENT_TYPES);
export const elementId = integer({ min: 1, max: Number.MAX_SAFE_INTEGER });
/** Of an element that the caller creates. */
export const newElementId = elementId.max(MAX_ELEMENT_ID);
const storable = (max: number) => boundedText({ max }).refine(isStorable, "must be text");
export const text = storable(MAX_TEXT_LENGTH);
export const comment = storable(MAX_COMMENT_LENGTH);

/** A number in the path or the query. */
export const pathNumber = countParameter({ min: 1, max: Number.MAX_SAFE_INTEGER });
export const elementParams = z.object({ type: elementType, id: pathNumber });

export const element = z
  .object({
    elementType,
    elementId: z.int(),
    sequenceNumber: z.int(),
    versionNumber: z.int(),
    comment: z.string(),
    text: z.string(),
    scriptId: z.int().nullable(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .openapi("Element");

export const ELEMENT_EXAMPLE: z.input<typeof element> = {
  elementType: "action",
  elementId: 7,
  sequenceNumber: 12,
  versionNumber: 2,
  comment: "Shorter",
  text: "The lighthouse keeper climbs the stairs.",
  scriptId: 1,
  createdAt: EXAMPLE.created,
  updatedAt: EXAMPLE.today,
};

/** In Fountain markup. */
export const SCREENPLAY_EXAMPLE = `Title: The Lighthouse Keeper

# The stairs

INT. LIGHTHOUSE - NIGHT

The lighthouse keeper climbs the stairs.

MARA
Someone has been here.
`;

export const instant = (atMs: number): string => new Date(atMs).toISOString();

export const elementJson = ({ createdAtMs, updatedAtMs, ...rest }: Element): z.infer<typeof element> => ({
  ...rest,
  createdAt: instant(createdAtMs),
  updatedAt: instant(updatedAtMs),
});

export const noSuchElement = () => problem("not-found", { detail: "This element does not exist." });
export const noSuchScript = () => problem("not-found", { detail: "This script does not exist." });

/** The number that a cursor stands for, 0 at the beginning. A cursor of no sense gives 422. */
export const numberAfter = (after: string | undefined): number => decodeNumber(after) ?? 0;
