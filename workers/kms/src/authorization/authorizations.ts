/**
 * The authorization endpoint (RFC 6749 §4.1, RFC 9700 §2.1, RFC 9207, OpenID Connect Core §3.1.2): what comes of a request, and
 * of what a person says who had to be asked. Errors go to the client only once it and its redirect URI are known.
 */
import type {
  AuthorizationCall,
  AuthorizationDecision,
  AuthorizationOutcome,
  RequestParameters,
  ShownClient,
} from "#shared/contracts/authorization.ts";
import type { GrantedScope } from "#shared/contracts/rights.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { AuditRecorder } from "../audit/audit-entry.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { ReadIdTokenHint } from "../identity/id-token-hint.ts";
import { checkTarget } from "../oauth/token-target.ts";
import { hostOf, type KnownClients } from "../oauth-clients/client.ts";
import { isClaimed } from "../oauth-clients/redirect-uri.ts";
import type { OpenSession, SessionStore } from "../sessions/session.ts";
import type { UpstreamHosts } from "../upstream-scopes/upstream-scopes.ts";
import { createActingSession } from "./acting-session.ts";
import type { AuthorizationStore } from "./authorization.ts";
import {
  type AuthorizationRequest,
  isRepeated,
  parameterOf,
  parseAuthorizationRequest,
  type RequestError,
} from "./authorization-request.ts";
import type { PushedRequests } from "./pushed-requests.ts";
import { createRequestingClients, type RequestingClient } from "./requesting-client.ts";
import { createShownScopes } from "./shown-scopes.ts";

/** RFC 6749 §4.1.2 allows ten minutes; a browser takes seconds. */
const CODE_TTL_MS = 60_000;
const QUESTION_TTL_MS = 10 * 60_000;
/** How many questions may wait in a session: tabs. */
const QUESTIONS_PER_SESSION = 10;
/** How long ago someone may have been sent to log in for a request. */
const LOGIN_TTL_SECONDS = 15 * 60;
const SECRET_BYTES = 32;

export interface Authorizations {
  /** Why a request of the client with these would come to nothing, before any person is asked; `undefined`: it would not. */
  faultOf(parameters: RequestParameters): Promise<RequestError | undefined>;
  authorize(call: AuthorizationCall): Promise<AuthorizationOutcome>;
  decide(decision: AuthorizationDecision): Promise<Result<{ kind: "redirect"; location: string }, "expired">>;
}

export interface AuthorizationsOptions {
  clients: KnownClients;
  sessions: Pick<SessionStore, "find">;
  store: AuthorizationStore;
  pushedRequests: Pick<PushedRequests, "resolve">;
  recorder: AuditRecorder;
  readIdTokenHint: ReadIdTokenHint;
  upstreamHosts: UpstreamHosts;
  issuer: string;
  /** What is stored of a code or the token of a question. */
  mac: (context: string, secret: string) => string;
  randomBytes: RandomBytes;
  now: () => number;
}

type ResponseError =
  | RequestError["kind"]
  | "access_denied"
  | "login_required"
  | "interaction_required"
  | "consent_required";

/** What a code is stored under. */
export const CODE_CONTEXT = "authorization-code";
const QUESTION_CONTEXT = "authorization-question";

const shownClient = ({ client, redirectUri }: RequestingClient): ShownClient => {
  const { protocol, host } = new URL(redirectUri);
  return {
    clientId: client.id,
    name: client.name,
    destination: host === "" ? protocol : host,
    isUnverified: !isClaimed(redirectUri) || client.readAt !== null,
    host: hostOf(client),
  };
};

export const createAuthorizations = (options: AuthorizationsOptions): Authorizations => {
  const { clients, sessions, store, pushedRequests, recorder, readIdTokenHint, upstreamHosts } = options;
  const { issuer, mac, randomBytes, now } = options;

  const requesting = createRequestingClients(clients);

  const newSecret = (): string => Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");

  /** `iss` says who responds, so that no client takes it for another server's (RFC 9207). */
  const respond = (redirectUri: string, state: string | undefined, members: Record<string, string>): string => {
    const query = new URLSearchParams({ ...members, ...(state !== undefined && { state }), iss: issuer });
    return `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}${query}`;
  };

  const refuse = (
    { redirectUri, state }: Pick<AuthorizationRequest, "redirectUri" | "state">,
    error: ResponseError,
    description: string,
  ): { kind: "redirect"; location: string } => ({
    kind: "redirect",
    location: respond(redirectUri, state, { error, error_description: description }),
  });

  /** What the client gets: nothing that the person had to be asked for before. */
  const grantCode = async (
    { client, pushedHash }: RequestingClient,
    request: AuthorizationRequest,
    { session, user }: OpenSession,
    isConsented: boolean,
  ): Promise<{ kind: "redirect"; location: string } | undefined> => {
    const code = newSecret();
    const stored = {
      codeHash: mac(CODE_CONTEXT, code),
      clientId: client.id,
      sessionId: session.id,
      redirectUri: request.redirectUri,
      codeChallenge: request.codeChallenge,
      scopes: request.scopes,
      audiences: request.audiences ?? null,
      nonce: request.nonce ?? null,
      expiresAt: new Date(now() + CODE_TTL_MS),
    };
    const event = { action: "authorization.grant", outcome: "success", actor: user.id, target: client.id } as const;
    const isGranted = await recorder.change(event, (entry) =>
      store.grant(stored, { at: new Date(now()), isConsented, pushedHash }, entry),
    );
    if (!isGranted) return undefined;
    return { kind: "redirect", location: respond(request.redirectUri, request.state, { code }) };
  };

  /** Whether the person has authenticated as recently as the client demands. */
  const isFresh = ({ session }: OpenSession, request: AuthorizationRequest): boolean => {
    const nowSeconds = now() / 1000;
    const atSeconds = session.authenticatedAt.getTime() / 1000;
    const { prompts, maxAgeSeconds, authenticatedSince: since } = request;
    const isRecent = since !== undefined && since >= nowSeconds - LOGIN_TTL_SECONDS && atSeconds >= since;
    if (isRecent) return true;
    if (prompts.has("login") || prompts.has("select_account")) return false;
    return maxAgeSeconds === undefined || nowSeconds - atSeconds <= maxAgeSeconds;
  };

  /** Why the person has to log in first. */
  const loginNeeded = (
    open: OpenSession | undefined,
    request: AuthorizationRequest,
  ): Extract<AuthorizationOutcome, { kind: "log-in" }>["why"] | undefined => {
    if (!open) return "no-session";
    if (!isFresh(open, request)) return "reauthenticate";
    return request.needsSecondFactor && open.session.acr !== "aal2" ? "second-factor" : undefined;
  };

  /** Programs that share a device can take each other's redirect: a consent is not remembered for them (RFC 8252 §8.6). */
  const isConsented = async (
    { client, redirectUri }: RequestingClient,
    request: AuthorizationRequest,
    userId: string,
  ) => {
    if (request.prompts.has("consent")) return false;
    if (client.isTrusted) return true;
    if (!isClaimed(redirectUri)) return false;
    const granted: readonly GrantedScope[] = (await store.findConsent(userId, client.id)) ?? [];
    return request.scopes.length > 0 && request.scopes.every((scope) => granted.includes(scope));
  };

  const shownScopes = createShownScopes(store);

  const parse = async (
    parameters: RequestParameters,
    trusted: RequestingClient,
  ): Promise<Result<AuthorizationRequest, RequestError>> => {
    const parsed = parseAuthorizationRequest(parameters, { ...trusted, issuer });
    if (!parsed.ok) return parsed;
    const target = await checkTarget(parsed.value.audiences, issuer, upstreamHosts);
    return target.ok ? parsed : failure("invalid_target", { description: target.error.description });
  };

  const ask = async (
    trusted: RequestingClient,
    request: AuthorizationRequest,
    parameters: RequestParameters,
    sessionId: string,
  ): Promise<AuthorizationOutcome> => {
    const decisionToken = newSecret();
    const tokenHash = mac(QUESTION_CONTEXT, decisionToken);
    const expiresAt = new Date(now() + QUESTION_TTL_MS);
    await store.ask(
      { tokenHash, clientId: trusted.client.id, parameters, sessionId, pushedHash: trusted.pushedHash, expiresAt },
      QUESTIONS_PER_SESSION,
    );
    return { kind: "consent", client: shownClient(trusted), scopes: await shownScopes(request.scopes), decisionToken };
  };

  const openSession = createActingSession(sessions, now);

  return {
    faultOf: async (parameters) => {
      const trusted = await requesting.of({ parameters, pushedHash: null }, undefined);
      if (!trusted.ok) return { kind: "invalid_request", description: "redirect_uri is not registered." };
      const parsed = await parse(parameters, trusted.value);
      return parsed.ok ? undefined : parsed.error;
    },

    authorize: async ({ parameters: sent, sessionId }) => {
      const resolved = await pushedRequests.resolve(sent);
      if (!resolved.ok) return { kind: "invalid", problem: resolved.error.kind };
      const { parameters } = resolved.value;
      const open = await openSession(sessionId);
      const trusted = await requesting.of(resolved.value, open);
      if (!trusted.ok) {
        const { kind: problem } = trusted.error;
        return requesting.loginToDescribe(parameters, open, problem) ?? { kind: "invalid", problem };
      }
      const state = isRepeated(parameters, "state") ? undefined : parameterOf(parameters, "state");
      const parsed = await parse(parameters, trusted.value);
      if (!parsed.ok)
        return refuse({ redirectUri: trusted.value.redirectUri, state }, parsed.error.kind, parsed.error.description);
      const { value: request } = parsed;
      const isSilent = request.prompts.has("none");

      const hint = request.idTokenHint === undefined ? undefined : await readIdTokenHint(request.idTokenHint);
      if (request.idTokenHint !== undefined && hint?.clientId !== trusted.value.client.id)
        return refuse(request, "invalid_request", "id_token_hint is no ID token that this client was issued.");

      // Someone else is logged in here.
      const isOther = open !== undefined && hint !== undefined && hint.userId !== open.user.id;
      const why = isOther ? "reauthenticate" : loginNeeded(open, request);
      if (why !== undefined || !open) {
        if (isSilent && why === "second-factor")
          return refuse(request, "interaction_required", "The person has to pass a second factor.");
        if (isSilent) return refuse(request, "login_required", "The person has to log in.");
        const { loginHint } = request;
        return { kind: "log-in", why: why ?? "no-session", ...(loginHint !== undefined && { loginHint }) };
      }
      if (!(await isConsented(trusted.value, request, open.user.id))) {
        if (isSilent) return refuse(request, "consent_required", "The person has to agree.");
        return ask(trusted.value, request, parameters, open.session.id);
      }
      return (await grantCode(trusted.value, request, open, false)) ?? { kind: "log-in", why: "no-session" };
    },

    decide: async ({ decisionToken, sessionId, allow }) => {
      const asked = await store.takeAsked(mac(QUESTION_CONTEXT, decisionToken), sessionId, new Date(now()));
      const open = asked && (await openSession(sessionId));
      if (!asked || !open) return failure("expired");
      // The client may have been changed since.
      const trusted = await requesting.of(asked, open);
      const parsed = trusted.ok ? await parse(asked.parameters, trusted.value) : undefined;
      if (!trusted.ok || !parsed?.ok) return failure("expired");
      const { value: request } = parsed;
      if (allow) {
        const granted = await grantCode(trusted.value, request, open, true);
        return granted ? success(granted) : failure("expired");
      }
      const { id: target } = trusted.value.client;
      await recorder.record({
        action: "authorization.grant",
        outcome: "refused",
        actor: open.user.id,
        target,
        reason: "denied",
      });
      return success(refuse(request, "access_denied", "The person has refused."));
    },
  };
};
