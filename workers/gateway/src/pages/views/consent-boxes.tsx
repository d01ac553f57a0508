/** Boxes by which people agree to the operator's conditions. */
import type { FC } from "hono/jsx";
import type { LegalDocument, LegalDocuments } from "#shared/contracts/people.ts";
import type { PageCall } from "../frame/page-call.ts";

interface BoxesProps {
  page: PageCall;
  documents: LegalDocuments;
  /** Those that were not agreed to in the form that was sent. */
  missing?: readonly LegalDocument[] | undefined;
}

/** One for each document. The form leaves by no link: they open apart. */
export const ConsentBoxes: FC<BoxesProps> = ({ page: { texts, form }, documents, missing = [] }) => (
  <>
    {documents.map(({ document, version, url }) => {
      const isMissing = missing.includes(document);
      return (
        <div class="field">
          <div class="check">
            <input
              id={`agree-${document}`}
              name={document}
              type="checkbox"
              value={version}
              checked={form[document] === version}
              required
              aria-invalid={isMissing ? "true" : undefined}
              aria-describedby={isMissing ? `agree-${document}-error` : undefined}
            />
            <label for={`agree-${document}`}>
              {texts.terms.agree[document]}{" "}
              <a href={url} target="_blank" rel="noopener noreferrer">
                {texts.terms.read(version)}
              </a>
            </label>
          </div>
          {isMissing && (
            <p class="error" id={`agree-${document}-error`}>
              {texts.terms.missing}
            </p>
          )}
        </div>
      );
    })}
  </>
);

/** What comes with an account: boxes, and of terms that no one agrees to by a version, where they are. */
export const AccountConditions: FC<{ page: PageCall; missing: readonly LegalDocument[] }> = ({ page, missing }) => {
  const { installation, texts } = page;
  const { documents, termsUrl } = installation;
  const isHinted = termsUrl !== undefined && documents.every(({ document }) => document !== "terms");
  return (
    <>
      {isHinted && (
        <p class="hint">
          {texts.signUp.accept}{" "}
          <a href={termsUrl} rel="noreferrer">
            {texts.common.terms}
          </a>
        </p>
      )}
      <ConsentBoxes page={page} documents={documents} missing={missing} />
    </>
  );
};
