import { z } from "@hono/zod-openapi";
import { assertSteppedUp } from "#shared/auth/authorize.ts";
import { list, reference, text } from "#shared/contracts/input.ts";
import { EXAMPLE, pageOf } from "#shared/http/examples.ts";
import { created, locationOf } from "#shared/http/location.ts";
import { json, jsonBody, page, pageQuery } from "#shared/http/openapi.ts";
import { decodeCursor, toPage } from "#shared/http/page.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { endpoint } from "../endpoint.ts";
import { NO_STORE } from "../http/context.ts";
import { grantorOf, warningFields, warningsTo } from "../http/granting.ts";
import { scopeName, scopesOrNone, unknownScopes } from "../http/scope-name.ts";
import type { OAuthClient } from "./client.ts";
import { clientName, MAX_CLIENT_NAME_CHARACTERS } from "./client-name.ts";
import type { ChangeFailure } from "./client-registry.ts";
import { MAX_REDIRECT_URI_CHARACTERS, MAX_REDIRECT_URIS, redirectUriFault } from "./redirect-uri.ts";

const redirectUri = text({ min: 1, max: MAX_REDIRECT_URI_CHARACTERS })
  .superRefine((uri, context) => {
    const message = redirectUriFault(uri);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  })
  .openapi({ example: "https://notes.example.org/callback" });

const fields = {
  name: clientName().openapi({ description: "What people are shown when they are asked for their consent" }),
  redirectUris: list(redirectUri, { min: 1, max: MAX_REDIRECT_URIS }).openapi({
    description:
      "Where people may be sent with a code, compared character by character; on 127.0.0.1, [::1] and localhost the port is left out of it",
  }),
  postLogoutRedirectUris: list(redirectUri, { max: MAX_REDIRECT_URIS }).openapi({
    description: "Where people may be sent after they have logged out",
  }),
  scopes: scopesOrNone.openapi({
    description: "What it may ask people for, beside `openid`, `profile`, `email` and `offline_access`",
  }),
  trusted: z.boolean().openapi({ description: "People are not asked for their consent" }),
};

const newClient = z.strictObject({
  name: fields.name,
  redirectUris: fields.redirectUris,
  postLogoutRedirectUris: fields.postLogoutRedirectUris.optional(),
  scopes: fields.scopes.optional(),
  trusted: fields.trusted.optional(),
  public: z.boolean().optional().openapi({ description: "It runs where it cannot keep a secret, and gets none" }),
});

const clientChange = z
  .strictObject({
    name: fields.name.optional(),
    redirectUris: fields.redirectUris.optional(),
    postLogoutRedirectUris: fields.postLogoutRedirectUris.optional(),
    scopes: fields.scopes.optional(),
    trusted: fields.trusted.optional(),
    newSecret: z
      .literal(true)
      .optional()
      .openapi({ description: "Replaces the secret; the old one is refused at once" }),
  })
  .openapi("ClientChange");

const clientBody = z
  .object({
    clientId: z.string(),
    name: z.string(),
    redirectUris: z.array(z.string()),
    postLogoutRedirectUris: z.array(z.string()),
    scopes: z.array(scopeName),
    public: z.boolean(),
    trusted: z.boolean(),
    createdAt: z.iso.datetime(),
  })
  .openapi("Client");

const withSecret = clientBody
  .extend({ clientSecret: z.string().optional(), ...warningFields })
  .openapi("ClientWithSecret");

const CLIENT_EXAMPLE: z.input<typeof clientBody> = {
  clientId: EXAMPLE.clientId,
  name: "Notes",
  redirectUris: ["https://notes.example.org/callback"],
  postLogoutRedirectUris: [],
  scopes: ["search:read"],
  public: false,
  trusted: false,
  createdAt: EXAMPLE.created,
};

const toBody = ({
  id,
  isPublic,
  isTrusted,
  createdAt,
  readAt: _,
  ...client
}: OAuthClient): z.infer<typeof clientBody> => ({
  clientId: id,
  ...client,
  public: isPublic,
  trusted: isTrusted,
  createdAt: createdAt.toISOString(),
});

const byId = z.object({ id: reference() });

const changeRefused = (scopes: readonly string[], error: ChangeFailure): Problem => {
  switch (error.kind) {
    case "unknown":
      return problem("not-found", { detail: "No client has this id." });
    case "not-held":
      return problem("forbidden", { detail: "This client has scopes that you do not have." });
    case "unknown-scopes":
      return unknownScopes("scopes", scopes, error.unknown);
    case "public":
      return problem("conflict", { detail: "A public client has no secret." });
    case "described":
      return problem("conflict", { detail: "This client describes itself, at the URL that is its id." });
  }
};

const createClient = endpoint("POST /clients", {
  operationId: "kms.createClient",
  tags: ["Clients"],
  summary: "Register an application that people log in to with Fountain",
  body: jsonBody(newClient, {
    name: "Notes",
    redirectUris: ["https://notes.example.org/callback"],
    scopes: ["search:read"],
  }),
  responses: {
    201: created(withSecret, "The new client; only this response contains its secret", {
      ...CLIENT_EXAMPLE,
      clientSecret: "fcs_…",
    }),
  },
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "credential");
    const { name, redirectUris, ...wanted } = context.req.valid("json");
    const scopes = [...new Set(wanted.scopes ?? [])];
    const entered = await context.var.services.clientRegistry.enter(
      {
        name,
        redirectUris,
        postLogoutRedirectUris: wanted.postLogoutRedirectUris ?? [],
        scopes,
        isPublic: wanted.public ?? false,
        isTrusted: wanted.trusted ?? false,
      },
      grantor,
    );
    if (!entered.ok) throw changeRefused(scopes, entered.error);
    const { client, secret } = entered.value;
    const body = { ...toBody(client), ...(secret && { clientSecret: secret }), ...warningsTo(grantor) };
    context.header("location", locationOf("kms", "GET /clients/{id}", client.id));
    return context.json(body, 201, NO_STORE);
  },
});

const listClients = endpoint("GET /clients", {
  operationId: "kms.listClients",
  tags: ["Clients"],
  summary: "List the clients",
  query: pageQuery.extend({
    search: text({ min: 1, max: MAX_CLIENT_NAME_CHARACTERS })
      .optional()
      .openapi({ description: "Part of a name, case-insensitive" }),
  }),
  responses: { 200: json(page(clientBody), "A page of clients", pageOf(CLIENT_EXAMPLE)) },
  handle: async (context) => {
    const { limit, after, search } = context.req.valid("query");
    const clients = await context.var.services.storedClients.list(limit + 1, decodeCursor(after), search);
    const { items, next } = toPage(clients, limit, ({ id }) => id);
    return context.json({ items: items.map(toBody), next }, 200);
  },
});

const readClient = endpoint("GET /clients/{id}", {
  operationId: "kms.getClient",
  tags: ["Clients"],
  summary: "Read a client",
  params: byId,
  responses: { 200: json(clientBody, "The client", CLIENT_EXAMPLE) },
  errors: ["not-found"],
  handle: async (context) => {
    const found = await context.var.services.storedClients.find(context.req.valid("param").id);
    if (!found) throw changeRefused([], { kind: "unknown" });
    return context.json(toBody(found.client), 200);
  },
});

const changeClient = endpoint("PATCH /clients/{id}", {
  operationId: "kms.changeClient",
  tags: ["Clients"],
  summary: "Change a client, or replace its secret; what is not named stays as it is",
  params: byId,
  body: jsonBody(clientChange, { redirectUris: ["https://notes.example.org/callback"] }),
  responses: { 200: json(withSecret, "The client as it is now", CLIENT_EXAMPLE) },
  errors: ["not-found", "conflict"],
  handle: async (context, principal) => {
    const grantor = grantorOf(context, principal, "credential");
    const { trusted, ...change } = context.req.valid("json");
    const changed = await context.var.services.clientRegistry.change(
      context.req.valid("param").id,
      { ...change, ...(trusted !== undefined && { isTrusted: trusted }) },
      grantor,
    );
    if (!changed.ok) throw changeRefused(change.scopes ?? [], changed.error);
    const { client, secret } = changed.value;
    const body = { ...toBody(client), ...(secret && { clientSecret: secret }), ...warningsTo(grantor) };
    return context.json(body, 200, NO_STORE);
  },
});

const deleteClient = endpoint("DELETE /clients/{id}", {
  operationId: "kms.deleteClient",
  tags: ["Clients"],
  summary: "Delete a client and all that people gave it; every worker refuses its tokens within 5 seconds",
  params: byId,
  responses: { 204: { description: "The client is deleted" } },
  errors: ["not-found"],
  handle: async (context, principal) => {
    const { services } = context.var;
    assertSteppedUp(principal, services.now());
    const removed = await services.clientRegistry.remove(context.req.valid("param").id, principal);
    if (!removed.ok) throw changeRefused([], removed.error);
    return context.body(null, 204);
  },
});

export const clientsEndpoints = [createClient, listClients, readClient, changeClient, deleteClient];
