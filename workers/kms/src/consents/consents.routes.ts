import { z } from "@hono/zod-openapi";
import { reference } from "#shared/contracts/input.ts";
import { LEGAL_DOCUMENTS } from "#shared/contracts/people.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { CONSENT_EXAMPLE, consentBody, toConsentBody, versionField, wayOf } from "../http/consent-response.ts";
import { parsePosition, positionOf } from "../http/position.ts";

const byDocument = z.object({ document: reference().openapi({ example: "terms" }) });

const documentBody = z.object({
  document: z.enum(LEGAL_DOCUMENTS),
  version: z.string(),
  url: z.string(),
  agreed: z.boolean().openapi({ description: "Whether the caller agrees to this version" }),
});

const consentPage = page(consentBody)
  .extend({ documents: z.array(documentBody).openapi({ description: "What users are asked to agree to" }) })
  .openapi("Consents");

const listConsents = endpoint("GET /me/consents", {
  operationId: "kms.listConsents",
  tags: ["Accounts"],
  summary: "List all consents that the caller has ever given, latest first, and what is asked of them now",
  query: pageQuery,
  responses: {
    200: json(consentPage, "A page of consents", {
      ...pageOf(CONSENT_EXAMPLE),
      documents: [{ document: "terms", version: "2026-03", url: `${EXAMPLE.issuer}/terms`, agreed: true }],
    }),
  },
  handle: async (context, principal) => {
    const { limit, after } = context.req.valid("query");
    const { consents } = context.var.services;
    const found = await consents.list(principal.subject, limit + 1, parsePosition(after));
    const { items, next } = toPage(found, limit, ({ id, givenAt: createdAt }) => positionOf({ id, createdAt }));
    const due = await consents.due(principal.subject);
    const documents = consents.documents.map((asked) => ({ ...asked, agreed: !due.includes(asked.document) }));
    return context.json({ items: items.map(toConsentBody), next, documents }, 200);
  },
});

const giveConsent = endpoint("PUT /me/consents/{document}", {
  operationId: "kms.giveConsent",
  tags: ["Accounts"],
  summary: "Agree to the version in force of the terms of use (`terms`) or the privacy policy (`privacy`)",
  params: byDocument,
  body: jsonBody(z.strictObject({ version: versionField }), { version: "2026-03" }),
  responses: { 200: json(consentBody, "The consent, which may be an earlier one", CONSENT_EXAMPLE) },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { document } = context.req.valid("param");
    const { version } = context.req.valid("json");
    const given = await context.var.services.consents.give(principal.subject, {
      ...{ document, version },
      way: wayOf(context, "account-page"),
    });
    if (given.ok) return context.json(toConsentBody(given.value), 200);
    if (given.error.kind === "unknown")
      throw problem("not-found", { detail: "No one is asked for consent to a document of this name." });
    throw problem("invalid-input", {
      errors: [{ pointer: "#/version", detail: `must be ${given.error.version}, which is in force` }],
    });
  },
});

const withdrawConsent = endpoint("DELETE /me/consents/{document}", {
  operationId: "kms.withdrawConsent",
  tags: ["Accounts"],
  summary: "Withdraw what the caller has agreed to of a document, in whatever version",
  description: "Nothing else follows from it here; what it means for the account is for the operator to say.",
  params: byDocument,
  responses: { 204: { description: "The consent is withdrawn, and stays in the list" } },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { document } = context.req.valid("param");
    if (!(await context.var.services.consents.withdraw(principal.subject, document)))
      throw problem("not-found", { detail: "You have no consent to withdraw to a document of this name." });
    return context.body(null, 204);
  },
});

export const consentsEndpoints = [listConsents, giveConsent, withdrawConsent];
