/** Consents as the API shows and takes them. */
import { z } from "@hono/zod-openapi";
import { text } from "#shared/contracts/input.ts";
import { CONSENT_WAYS, type ConsentWay, LEGAL_DOCUMENTS, PAGE_HEADER } from "#shared/contracts/people.ts";
import { EXAMPLE } from "#shared/http/examples.ts";
import { problem } from "#shared/problem/problem.ts";
import type { Consent, GivenConsent, GivenVersions } from "../consents/consents.ts";
import type { KmsContext } from "./context.ts";

export const consentBody = z
  .object({
    document: z.enum(LEGAL_DOCUMENTS),
    version: z.string(),
    way: z.enum(CONSENT_WAYS).openapi({ description: "Where it was given" }),
    givenAt: z.iso.datetime(),
    withdrawnAt: z.iso.datetime().nullable().openapi({ description: "null: it stands" }),
  })
  .openapi("Consent");

export const CONSENT_EXAMPLE: z.input<typeof consentBody> = {
  document: "terms",
  version: "2026-03",
  way: "sign-up-page",
  givenAt: EXAMPLE.created,
  withdrawnAt: null,
};

export const toConsentBody = ({
  document,
  version,
  way,
  givenAt,
  withdrawnAt,
}: Consent): z.infer<typeof consentBody> => ({
  ...{ document, version, way },
  givenAt: givenAt.toISOString(),
  withdrawnAt: withdrawnAt?.toISOString() ?? null,
});

const MAX_VERSION_INPUT = 64;

export const versionField = text({ min: 1, max: MAX_VERSION_INPUT }).openapi({ description: "The version in force" });

/** What a person agrees to with a new account. */
export const consentsField = z
  .strictObject({ terms: versionField.optional(), privacy: versionField.optional() })
  .optional()
  .openapi({ description: "The versions in force that the person agrees to, where the operator asks for that" });

/** The way of the request at hand: its page, or the API. */
export const wayOf = (context: KmsContext, page: Exclude<ConsentWay, "api">): ConsentWay =>
  context.req.header(PAGE_HEADER) === undefined ? "api" : page;

/** The consents that come with a new account; refuses versions that are not in force with 422. */
export const givenConsents = (
  context: KmsContext,
  versions: GivenVersions | undefined,
  page: Exclude<ConsentWay, "api">,
): GivenConsent[] => {
  const prepared = context.var.services.consents.prepare(versions ?? {}, wayOf(context, page));
  if (prepared.ok) return prepared.value;
  throw problem("invalid-input", {
    errors: prepared.error.documents.map((document) => ({
      pointer: `#/consents/${document}`,
      detail: "is not the version in force",
    })),
  });
};
