import { expect, test } from "vitest";
import type { LogoutCall } from "#shared/contracts/authorization.ts";
import type { OAuthClient } from "../oauth-clients/client.ts";
import type { OpenSession } from "../sessions/session.ts";
import { createLogoutRequest } from "./logout-request.ts";

const AFTER = "https://app.example/bye";
const CLIENT: OAuthClient = {
  id: "client_1",
  name: "An app",
  redirectUris: ["https://app.example/"],
  postLogoutRedirectUris: [AFTER],
  scopes: [],
  isPublic: true,
  isTrusted: false,
  createdAt: new Date(0),
  readAt: null,
};
const AT = new Date(0);

const open = (id: string, userId: string, parentId: string | null): OpenSession => ({
  session: {
    id,
    userId,
    parentId,
    createdAt: AT,
    usedAt: AT,
    endedAt: null,
    acr: "aal1",
    amr: [],
    authenticatedAt: AT,
    clientId: "client_1",
    sealedOrigin: null,
    jkt: null,
    grantedScopes: null,
    audiences: null,
  },
  user: { id: userId, username: userId, roles: [], createdAt: AT, lockedAt: null },
  permissions: [],
  permissionsByRole: {},
});
const SESSIONS = [open("browser", "mara", null), open("its", "mara", "browser"), open("stranger", "eve", null)];

const requestLogout = createLogoutRequest({
  clients: { find: async (id) => (id === CLIENT.id ? { client: CLIENT, secretHash: null } : undefined) },
  sessions: { find: async (id) => SESSIONS.find(({ session }) => session.id === id) },
  readIdTokenHint: async (token) =>
    token === "its-token" ? { userId: "mara", clientId: CLIENT.id, sessionId: "its" } : undefined,
});
const ask = (parameters: Record<string, string>, sessionId?: string) => {
  const call: LogoutCall = { parameters: Object.entries(parameters) };
  return requestLogout(sessionId === undefined ? call : { ...call, sessionId });
};

test("logs out at the wish of an application that proves it is logged in here, and sends the person back", async () => {
  const parameters = { id_token_hint: "its-token", post_logout_redirect_uri: AFTER, state: "a b" };
  const location = `${AFTER}?state=a+b`;
  expect(await ask(parameters, "browser")).toEqual({ kind: "log-out", location });
  expect(await ask(parameters)).toEqual({ kind: "log-out", location });
});

test("asks where nothing proves it, so that no page logs people out", async () => {
  const client = { clientId: CLIENT.id, name: CLIENT.name };
  expect(await ask({}, "browser")).toEqual({ kind: "ask", client: null, location: null });
  expect(await ask({ client_id: CLIENT.id }, "browser")).toEqual({ kind: "ask", client, location: null });
  expect(await ask({ id_token_hint: "its-token" }, "stranger")).toEqual({ kind: "ask", client, location: null });
  expect(await ask({ id_token_hint: "forged" }, "browser")).toEqual({ kind: "ask", client: null, location: null });
});

test("sends no one to an address that the application did not register", async () => {
  const mismatch = { kind: "invalid", problem: "redirect-uri-mismatch" };
  expect(await ask({ id_token_hint: "its-token", post_logout_redirect_uri: `${AFTER}/` })).toEqual(mismatch);
  expect(await ask({ post_logout_redirect_uri: AFTER })).toEqual(mismatch);
  expect(await ask({ id_token_hint: "forged", post_logout_redirect_uri: AFTER })).toEqual(mismatch);
  expect(await ask({ id_token_hint: "its-token", client_id: "client_2" })).toEqual({
    kind: "invalid",
    problem: "malformed",
  });
});
