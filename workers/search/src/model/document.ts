/** The documents of the collection `elements`, and the operations that change them. */

import { z } from "zod";
import { instantInput, integer, unicodeText } from "#shared/contracts/input.ts";
import type { ElementDocument, SyncOperation } from "#shared/contracts/search.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";

export const MAX_ID_LENGTH = 255;

/** In a word that is compared as a whole. */
const MAX_KEYWORD_LENGTH = 255;
/** As much as a request can hold. */
const MAX_TEXT_LENGTH = 2 ** 20;

const keyword = (min: number) => unicodeText({ min, max: MAX_KEYWORD_LENGTH });
const words = unicodeText({ max: MAX_TEXT_LENGTH });
const whole = integer({ min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
const seconds = instantInput().transform((at) => Math.floor(at.getTime() / 1000));

/** Any part of a document. Fields that the collection does not have are dropped. */
export const documentPatchSchema = z.object({
  id: unicodeText({ min: 1, max: MAX_ID_LENGTH }),
  element_type: keyword(1).optional(),
  element_id: whole.optional(),
  sequence_number: whole.optional(),
  version_number: whole.optional(),
  comment: words.optional(),
  text: words.optional(),
  /** `null` takes the document out of its script. */
  script_id: whole.nullable().optional(),
  service_name: keyword(0).optional(),
  /** Seconds since the epoch; an RFC 3339 instant is taken too, and stored as seconds. */
  updated_at: z.union([whole, seconds]).optional(),
});

export type DocumentPatch = z.infer<typeof documentPatchSchema>;

/** In the examples of the API document. */
export const DOCUMENT_EXAMPLE = {
  id: "action-7",
  element_type: "action",
  element_id: 7,
  sequence_number: 12,
  version_number: 2,
  comment: "Import",
  text: "The lighthouse keeper climbs the stairs.",
  script_id: 1,
  service_name: "service-a",
  updated_at: 1773649800,
} satisfies ElementDocument;

/** A document with every field it must have. */
export type WholeDocument = Omit<ElementDocument, "script_id"> & { script_id: number | null };

export type DocumentOperation =
  /** Stores the document, in the place of one with the same id. */
  | { operation: "create"; document: WholeDocument }
  /** Changes the given fields; a document that does not exist is stored if it is whole, else the operation fails. */
  | { operation: "update"; document: DocumentPatch }
  | { operation: "delete"; document: { id: string } };

/** An operation whose document has not been checked yet. */
export interface UncheckedOperation {
  operation: SyncOperation["operation"];
  document: { id: string };
}

/** What a new document has in fields that were not sent. */
export type DocumentDefaults = Pick<ElementDocument, "service_name" | "updated_at">;

/** `detail` is Typesense's sentence where it has one. */
export interface InvalidDocument {
  readonly kind: "invalid";
  readonly detail: string;
}

const REQUIRED = ["element_type", "element_id", "sequence_number", "version_number"] as const;
const EVERY_FIELD_BUT_SCRIPT = [...REQUIRED, "comment", "text", "service_name", "updated_at"] as const;

/** Whether the patch has all it takes to be stored as a new document. */
export const isWhole = (patch: DocumentPatch): boolean =>
  EVERY_FIELD_BUT_SCRIPT.every((field) => patch[field] !== undefined);

const complete = (patch: DocumentPatch, defaults: DocumentDefaults): WholeDocument | undefined => {
  const { id, element_type, element_id, sequence_number, version_number } = patch;
  if (element_type === undefined || element_id === undefined) return undefined;
  if (sequence_number === undefined || version_number === undefined) return undefined;
  return {
    id,
    element_type,
    element_id,
    sequence_number,
    version_number,
    comment: patch.comment ?? "",
    text: patch.text ?? "",
    script_id: patch.script_id ?? null,
    service_name: patch.service_name ?? defaults.service_name,
    updated_at: patch.updated_at ?? defaults.updated_at,
  };
};

/** A private call can carry `undefined`, which is the same as nothing. */
const withoutUndefined = ({ id, ...fields }: DocumentPatch): DocumentPatch => ({
  id,
  ...Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)),
});

const refused = (detail: string): Result<never, InvalidDocument> => failure("invalid", { detail });

const missing = (patch: DocumentPatch): string => {
  const field = REQUIRED.find((name) => patch[name] === undefined) ?? "id";
  return `Field \`${field}\` has been declared in the schema, but is not found in the document.`;
};

/** Checks one operation's document. */
export const parseOperation = (
  unchecked: UncheckedOperation,
  defaults: DocumentDefaults,
): Result<DocumentOperation, InvalidDocument> => {
  const { operation, document } = unchecked;
  if (operation === "delete")
    return document.id.isWellFormed()
      ? success({ operation, document: { id: document.id } })
      : refused("Field `id`: must be well-formed Unicode.");
  const parsed = documentPatchSchema.safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return refused(`Field \`${issue?.path.join(".") ?? ""}\`: ${issue?.message ?? "not valid"}.`);
  }
  const patch = withoutUndefined(parsed.data);
  if (operation === "update") return success({ operation, document: patch });
  const completed = complete(patch, defaults);
  return completed ? success({ operation, document: completed }) : refused(missing(patch));
};
