/** Logging out at the wish of an application (OpenID Connect RP-Initiated Logout §2): whether to ask, and where to go afterwards. */
import type { LogoutCall, LogoutOutcome, RequestParameters } from "#shared/contracts/authorization.ts";
import type { ClientStore } from "../oauth-clients/client.ts";
import { isRegistered } from "../oauth-clients/redirect-uri.ts";
import type { SessionStore } from "../sessions/session.ts";
import type { IdTokenHint, ReadIdTokenHint } from "./id-token-hint.ts";

export type RequestLogout = (call: LogoutCall) => Promise<LogoutOutcome>;

export interface LogoutRequestOptions {
  clients: Pick<ClientStore, "find">;
  sessions: Pick<SessionStore, "find">;
  readIdTokenHint: ReadIdTokenHint;
}

const MAX_STATE_CHARACTERS = 2_048;

const only = (parameters: RequestParameters, name: string): string | undefined =>
  parameters.find(([given]) => given === name)?.[1] || undefined;

/** The address with the state that the application sent along. */
const withState = (uri: string, state: string | undefined): string =>
  state === undefined ? uri : `${uri}${uri.includes("?") ? "&" : "?"}${new URLSearchParams({ state })}`;

export const createLogoutRequest = ({ clients, sessions, readIdTokenHint }: LogoutRequestOptions): RequestLogout => {
  /** Whether the application has its session from the one of the browser, or the browser none that could be ended against its will. */
  const isFromHere = async (hint: IdTokenHint, sessionId: string | undefined): Promise<boolean> => {
    if (sessionId === undefined) return true;
    const [its, here] = await Promise.all([sessions.find(hint.sessionId), sessions.find(sessionId)]);
    if (!here || its?.session.parentId === sessionId) return true;
    return its?.session.parentId === null && its.user.id === here.user.id;
  };

  return async ({ parameters, sessionId }) => {
    const names = parameters.map(([name]) => name);
    if (new Set(names).size < names.length) return { kind: "invalid", problem: "malformed" };
    const token = only(parameters, "id_token_hint");
    const hint = token === undefined ? undefined : await readIdTokenHint(token);
    const claimed = only(parameters, "client_id");
    if (hint && claimed !== undefined && claimed !== hint.clientId) return { kind: "invalid", problem: "malformed" };
    const clientId = hint?.clientId ?? claimed;
    const client = clientId === undefined ? undefined : (await clients.find(clientId))?.client;
    if (claimed !== undefined && !client) return { kind: "invalid", problem: "client-unknown" };
    const uri = only(parameters, "post_logout_redirect_uri");
    const state = only(parameters, "state");
    if ((state?.length ?? 0) > MAX_STATE_CHARACTERS) return { kind: "invalid", problem: "malformed" };
    if (uri !== undefined && !(client && isRegistered(uri, client.postLogoutRedirectUris)))
      return { kind: "invalid", problem: "redirect-uri-mismatch" };
    const location = uri === undefined ? null : withState(uri, state);
    if (hint && (await isFromHere(hint, sessionId))) return { kind: "log-out", location };
    return { kind: "ask", client: client ? { clientId: client.id, name: client.name } : null, location };
  };
};
