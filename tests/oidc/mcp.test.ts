/**
 * A client of the Model Context Protocol, as its SDK is published, and a server that knows nothing of tokens behind the gateway: the
 * client is refused, finds out from the refusal where people log in (RFC 9728, RFC 8414), and comes back with a token for that
 * server alone (RFC 8707).
 */
import { createServer, type Server } from "node:http";
import { type OAuthClientProvider, UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import type { OAuthClientInformationMixed, OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../runtime/local/ports.ts";
import { send } from "../support/call.ts";
import { putUpstream } from "../support/gateway/upstreams.ts";
import { eventually } from "../support/workerd.ts";
import { clientAt, type DocumentServer, describing, startDocumentServer } from "./document-server.ts";
import { openBrowser, type Provider, startProvider } from "./provider.ts";

const CALLBACK = "http://127.0.0.1:51004/callback";

/** Where it describes itself. */
const METADATA_PATH = "/mcp-client.json";

let site: DocumentServer;
let provider: Provider;
let server: Server;
let address: URL;

/** The SDK's types do not fit its own under `exactOptionalPropertyTypes`. */
const asTransport = (transport: object): Transport => transport as Transport;

/** Answers each request by itself, as servers without sessions do. */
const serveTools = (port: number): Server =>
  createServer(async (request, response) => {
    const tools = new McpServer({ name: "notes", version: "1.0.0" });
    tools.registerTool("count", { description: "Counts notes" }, () => ({
      content: [{ type: "text", text: "three" }],
    }));
    const transport = new StreamableHTTPServerTransport();
    await tools.connect(asTransport(transport));
    await transport.handleRequest(request, response);
  }).listen(port, "127.0.0.1");

const administer = async (path: string, json: unknown): Promise<void> => {
  const { status, text } = await send({ url: provider.issuer }, "PUT", path, { json, headers: provider.administrator });
  expect(status, text).toBeLessThan(300);
};

beforeAll(async () => {
  const [port = 0] = await freePorts();
  server = serveTools(port);
  site = await startDocumentServer();
  site.serve(METADATA_PATH, describing(METADATA_PATH, { client_name: "Notebook", redirect_uris: [CALLBACK] }));
  provider = await startProvider({ CIMD: "open" }, { internet: site.internet });
  await putUpstream({ url: provider.issuer }, provider.administrator, "notes", {
    targets: [`http://127.0.0.1:${port}`],
    scopes: { "notes:read": "Read your notes" },
    routes: [{ match: "* /mcp", scope: "notes:read" }],
  });
  await administer("/kms/roles/reader", { permissions: ["notes:read"] });
  await administer(`/kms/users/${provider.person.id}/roles`, { roles: ["user", "reader"] });
  address = new URL(`${provider.issuer}/notes/mcp`);
  await eventually(async () => (await fetch(address, { method: "POST" })).status === 401);
});
afterAll(async () => {
  server?.close();
  await provider?.fountain.stop();
  await site?.stop();
});

/** What a client keeps, and where it sends people: one that is registered, or describes itself. */
const keepFor = (registeredId?: string) => {
  const kept: { client?: OAuthClientInformationMixed; tokens?: OAuthTokens; verifier?: string; asked?: URL } = {};
  if (registeredId !== undefined) kept.client = { client_id: registeredId, issuer: provider.issuer };
  const authProvider: OAuthClientProvider = {
    redirectUrl: CALLBACK,
    clientMetadata: { client_name: "Notebook", redirect_uris: [CALLBACK], token_endpoint_auth_method: "none" },
    clientMetadataUrl: clientAt(METADATA_PATH),
    clientInformation: () => kept.client,
    saveClientInformation: (information) => {
      kept.client = information;
    },
    tokens: () => kept.tokens,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url) => {
      kept.asked = url;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => kept.verifier ?? "",
  };
  return { kept, open: () => new StreamableHTTPClientTransport(address, { authProvider }) };
};

const connect = async (transport: StreamableHTTPClientTransport): Promise<Client> => {
  const client = new Client({ name: "notebook", version: "1.0.0" });
  await client.connect(asTransport(transport));
  return client;
};

const register = async (): Promise<string> => {
  const redirectUris = ["http://127.0.0.1/callback"];
  const { clientId } = await provider.register({ public: true, redirectUris, scopes: ["notes:read"] });
  return clientId;
};

/** The client, once its person has logged in where it was sent to. */
const logIn = async (registeredId?: string, person = provider.person) => {
  const { kept, open } = keepFor(registeredId);
  const first = open();
  await expect(connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const { callback, steps } = await openBrowser(provider, person).follow(kept.asked ?? "");
  expect([callback?.searchParams.get("error_description"), steps]).toEqual([null, ["log-in", "consent"]]);
  await first.finishAuth(callback?.searchParams.get("code") ?? "");
  return { kept, open };
};

test.each<[string, () => Promise<string | undefined>]>([
  ["registered", register],
  ["described", async () => undefined],
])("%s, is refused, has its person log in, and calls a tool with a token for that server alone", async (_, enter) => {
  const registeredId = await enter();
  const { kept, open } = await logIn(registeredId);
  expect(kept.asked?.searchParams.get("resource")).toBe(`${provider.issuer}/notes`);
  const client = await connect(open());
  expect(await client.callTool({ name: "count" })).toMatchObject({ content: [{ text: "three" }] });
  await client.close();

  const { access_token = "" } = kept.tokens ?? {};
  expect(decodeJwt(access_token)).toMatchObject({
    aud: `${provider.issuer}/notes`,
    scope: "notes:read",
    client_id: registeredId ?? clientAt(METADATA_PATH),
  });
  const headers = { authorization: `Bearer ${access_token}` };
  expect((await fetch(`${provider.issuer}/search/status`, { headers })).status).toBe(401);
});

test("tries again for the same server where its person lacks a scope, and learns that it is refused", async () => {
  const { open } = await logIn(await register(), provider.other);
  await expect(connect(open())).rejects.toMatchObject({ code: 403 });
});
