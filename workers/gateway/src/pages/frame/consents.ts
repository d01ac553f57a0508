/** What visitors have agreed to of the operator's conditions, where that is asked of them. */
import type { LegalDocument, LegalDocuments } from "#shared/contracts/people.ts";
import { unwrap } from "#shared/lang/result.ts";
import type { Form, PageCall, Reader } from "./page-call.ts";
import type { Visitor } from "./visitor.ts";

/** Where they are asked. */
export const TERMS = "/account/terms";

/** Who does not agree can still see what is stored of them, and delete it. */
const OPEN_WITHOUT = new Set([TERMS, "/account/data"]);

/** Whether the visitor has to agree to something first. */
export const owesConsent = async (
  { context, installation, path }: PageCall,
  { principal }: Visitor,
): Promise<boolean> =>
  installation.documents.length > 0 &&
  !OPEN_WITHOUT.has(path) &&
  unwrap(await context.get("services").kms.dueConsents(principal.subject)).length > 0;

/** The versions that a form agrees to. */
const versionsIn = (documents: LegalDocuments, form: Form): Form =>
  Object.fromEntries(
    documents.flatMap(({ document }) => (form[document] === undefined ? [] : [[document, form[document]]])),
  );

/** The documents that a form does not agree to, or in a version that is not in force any more. */
export const missingIn = (documents: LegalDocuments, form: Form): LegalDocument[] =>
  documents.flatMap(({ document, version }) => (form[document] === version ? [] : [document]));

/** What a new account is made with, as a member of the body; none where no one is asked. */
export const consentsOf = ({ installation: { documents } }: Reader, form: Form): { consents?: Form } =>
  documents.length === 0 ? {} : { consents: versionsIn(documents, form) };
