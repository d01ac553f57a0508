import { z } from "@hono/zod-openapi";
import { assertSteppedUp } from "#shared/auth/authorize.ts";
import { reference } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { json, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, invalidCursor, toPage } from "#shared/http/page.ts";
import { problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { SIGNING_ALGORITHMS, SIGNING_KEY_PURPOSES, SIGNING_KEY_STATES, type SigningKey } from "./signing-key.ts";
import { OVERLAP_MS } from "./signing-keys.ts";

const signingKeyResponse = z
  .object({
    kid: z.string(),
    purpose: z.enum(SIGNING_KEY_PURPOSES),
    state: z.enum(SIGNING_KEY_STATES).openapi({
      description:
        "next: published, signs later. retiring: replaced; signs for at most two more minutes, and its tokens stay valid until they expire.",
    }),
    algorithm: z.enum(SIGNING_ALGORITHMS),
    createdAt: z.iso.datetime(),
    activatedAt: z.iso.datetime().nullable().openapi({ description: "When it began to sign" }),
    endedAt: z.iso.datetime().nullable().openapi({ description: "When it last signed, or was revoked" }),
    publishedUntil: z.iso.datetime().nullable().openapi({ description: "When a retiring key leaves the key set" }),
  })
  .openapi("SigningKey");

const SIGNING_KEY_EXAMPLE: z.input<typeof signingKeyResponse> = {
  kid: EXAMPLE.signingKeyId,
  purpose: "access-token",
  state: "current",
  algorithm: "EdDSA",
  createdAt: EXAMPLE.created,
  activatedAt: EXAMPLE.today,
  endedAt: null,
  publishedUntil: null,
};

const toResponse = ({ kid, purpose, state, algorithm, createdAt, activatedAt, endedAt }: SigningKey) => ({
  kid,
  purpose,
  state,
  algorithm,
  createdAt: createdAt.toISOString(),
  activatedAt: activatedAt?.toISOString() ?? null,
  endedAt: endedAt?.toISOString() ?? null,
  publishedUntil:
    state === "retiring" && endedAt ? new Date(endedAt.getTime() + OVERLAP_MS[purpose]).toISOString() : null,
});

const listSigningKeys = endpoint("GET /signing-keys", {
  operationId: "kms.listSigningKeys",
  tags: ["Signing keys"],
  summary: "List the signing keys, newest first",
  query: pageQuery,
  responses: {
    200: json(
      page(signingKeyResponse),
      "A page of signing keys, without their private parts",
      pageOf(SIGNING_KEY_EXAMPLE),
    ),
  },
  handle: async (context) => {
    const { limit, after } = context.req.valid("query");
    const afterKid = decodeCursor(after);
    const { signingKeys, idTokenKeys } = context.var.services;
    const keys = [...(await signingKeys.list()), ...(await idTokenKeys.list())];
    // There are never more than a handful.
    const first = afterKid === undefined ? 0 : keys.findIndex(({ kid }) => kid === afterKid) + 1;
    if (afterKid !== undefined && first === 0) throw invalidCursor();
    const { items, next } = toPage(keys.slice(first, first + limit + 1), limit, ({ kid }) => kid);
    return context.json({ items: items.map(toResponse), next }, 200);
  },
});

const rotateSigningKeys = endpoint("POST /signing-keys/rotate", {
  operationId: "kms.rotateSigningKeys",
  tags: ["Signing keys"],
  summary:
    "Rotate the signing key: the next key signs once it has been published for two minutes; earlier tokens stay valid",
  query: z.object({ purpose: z.enum(SIGNING_KEY_PURPOSES).optional() }),
  responses: {
    200: json(signingKeyResponse, "The current key", SIGNING_KEY_EXAMPLE),
  },
  errors: ["conflict"],
  handle: async (context, principal) => {
    const { services } = context.var;
    const { purpose = "access-token" } = context.req.valid("query");
    const keys = purpose === "id-token" ? services.idTokenKeys : services.signingKeys;
    const rotated = await keys.rotate(principal.subject);
    if (!rotated.ok)
      throw problem("conflict", {
        detail: "Another caller has just changed the signing keys. List them before you retry.",
      });
    return context.json(toResponse(rotated.value), 200);
  },
});

const revokeSigningKey = endpoint("POST /signing-keys/{kid}/revoke", {
  operationId: "kms.revokeSigningKey",
  tags: ["Signing keys"],
  summary: "Revoke a signing key in an emergency; every worker refuses its tokens within 5 seconds",
  params: z.object({ kid: reference() }),
  responses: {
    200: json(signingKeyResponse, "The revoked key; if it was current, another key signs now", {
      ...SIGNING_KEY_EXAMPLE,
      state: "revoked",
      endedAt: EXAMPLE.quarterLater,
    }),
  },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    const { kid } = context.req.valid("param");
    const isOfIdTokens = (await services.idTokenKeys.list()).some((key) => key.kid === kid);
    const keys = isOfIdTokens ? services.idTokenKeys : services.signingKeys;
    const revoked = await keys.revoke(kid, principal.subject);
    if (!revoked.ok) throw problem("not-found", { detail: "No signing key has this id." });
    return context.json(toResponse(revoked.value), 200);
  },
});

export const signingKeysEndpoints = [listSigningKeys, rotateSigningKeys, revokeSigningKey];
