/** What tests of the OAuth server share: a client, a person, and the way from the authorization endpoint to tokens. */
import { createHash } from "node:crypto";
import { drizzle } from "drizzle-orm/libsql/http";
import { decodeJwt, type JWK } from "jose";
import type { AuthorizationOutcome } from "../../../shared/contracts/authorization.ts";
import { createAuthorizationStore } from "../../../workers/kms/src/authorization/authorization.store.ts";
import { type Authorizations, createAuthorizations } from "../../../workers/kms/src/authorization/authorizations.ts";
import { createPushedRequests } from "../../../workers/kms/src/authorization/pushed-requests.ts";
import { macInContext } from "../../../workers/kms/src/crypto/mac.ts";
import * as schema from "../../../workers/kms/src/db/schema.ts";
import { createIdTokenHints, type ReadIdTokenHint } from "../../../workers/kms/src/identity/id-token-hint.ts";
import { createSessionStore } from "../../../workers/kms/src/sessions/sessions.store.ts";
import { ISSUER, keysOf, logIn, randomBytes, send, sendForm, signToken, type Target } from "../kms.ts";
import { PASSWORD, unique } from "./arrangements.ts";
import { knownClientsIn } from "./described-clients.ts";
import { createTestRecorder } from "./recorder.ts";
import { upstreamScopesIn } from "./upstream-scopes.ts";

export const REDIRECT_URI = "https://app.example/callback";
const VERIFIER = "a-verifier-of-a-client-that-nobody-else-knows-0123456789";
const challengeOf = (verifier: string): string => createHash("sha256").update(verifier).digest("base64url");

export interface TestClient {
  clientId: string;
  clientSecret: string | undefined;
}

/** A client of a running kms. */
export const createClient = async (kms: Target, more: Record<string, unknown> = {}): Promise<TestClient> => {
  const body = { name: "An app", redirectUris: [REDIRECT_URI], scopes: ["search:read", "sequence:read"], ...more };
  const response = await send(kms, "POST", "/clients", { token: await signToken(kms), body });
  return response.json<TestClient>();
};

export interface TestPerson {
  userId: string;
  sessionId: string;
  accessToken: string;
  refreshToken: string;
}

/** A person who has just logged in; `email`: the address of their account. */
export const createPerson = async (kms: Target, email?: string): Promise<TestPerson> => {
  const username = unique();
  await send(kms, "POST", "/users", {
    token: await signToken(kms),
    body: { username, password: PASSWORD, ...(email && { email }) },
  });
  const tokens = await logIn(kms, username, PASSWORD);
  const { sub, sid } = decodeJwt(tokens.accessToken);
  return { userId: String(sub), sessionId: String(sid), ...tokens };
};

const publishedKeys = async (kms: Target): Promise<JWK[]> =>
  (await (await kms.fetch("/.well-known/jwks.json")).json<{ keys: JWK[] }>()).keys;

/** What reads the ID tokens of a running kms that come back. */
export const hintsOf = (kms: Target): ReadIdTokenHint =>
  createIdTokenHints({ issuer: ISSUER, published: () => publishedKeys(kms) });

/** The rules of the authorization endpoint on the database of a running kms. */
export const authorizationsOf = async (kms: Target, now: () => number = Date.now): Promise<Authorizations> => {
  const client = kms.databases["kms"];
  if (!client) throw new Error("the kms has no database");
  const database = { client, orm: drizzle({ client, schema }) };
  const keys = await keysOf(kms);
  const store = createAuthorizationStore(database);
  const mac = (context: string, secret: string): string => macInContext(keys.oauthMac, context, secret);
  return createAuthorizations({
    pushedRequests: createPushedRequests({ store, mac, randomBytes, now }),
    clients: knownClientsIn(database),
    sessions: createSessionStore(database),
    store,
    recorder: createTestRecorder().recorder,
    readIdTokenHint: hintsOf(kms),
    upstreamHosts: upstreamScopesIn(client),
    issuer: ISSUER,
    mac,
    randomBytes,
    now,
  });
};

/** A request that is as it should be; `undefined` takes a parameter out. */
export const requestOf = (
  clientId: string,
  more: Record<string, string | undefined> = {},
): [name: string, value: string][] =>
  Object.entries({
    response_type: "code",
    client_id: clientId,
    redirect_uri: REDIRECT_URI,
    scope: "openid search:read",
    state: "a state",
    code_challenge: challengeOf(VERIFIER),
    code_challenge_method: "S256",
    ...more,
  }).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]));

/** What the client is sent. */
export const sentTo = (outcome: AuthorizationOutcome): URLSearchParams => {
  if (outcome.kind !== "redirect") throw new Error(`no redirect, but ${JSON.stringify(outcome)}`);
  return new URL(outcome.location).searchParams;
};

/** A code for what the person has let the client do. */
export const codeFor = async (
  authorizations: Authorizations,
  parameters: [name: string, value: string][],
  sessionId: string,
): Promise<string> => {
  const asked = await authorizations.authorize({ parameters, sessionId });
  if (asked.kind !== "consent") return sentTo(asked).get("code") ?? "";
  const decided = await authorizations.decide({ decisionToken: asked.decisionToken, sessionId, allow: true });
  if (!decided.ok) throw new Error(decided.error.kind);
  return sentTo(decided.value).get("code") ?? "";
};

/** Presents a code, as the client would. */
export const redeem = (
  kms: Target,
  { clientId, clientSecret }: TestClient,
  code: string,
  more: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Response> => {
  const form = {
    grant_type: "authorization_code",
    client_id: clientId,
    ...(clientSecret !== undefined && { client_secret: clientSecret }),
    code,
    redirect_uri: REDIRECT_URI,
    code_verifier: VERIFIER,
    ...more,
  };
  return sendForm(kms, form, headers);
};
