/** Whose request it is: a client that is known, and where it may have people sent. Else there is no one to send an error to. */
import type { AuthorizationOutcome, InvalidRequest, RequestParameters } from "#shared/contracts/authorization.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { KnownClients, OAuthClient } from "../oauth-clients/client.ts";
import { isRegistered } from "../oauth-clients/redirect-uri.ts";
import type { OpenSession } from "../sessions/session.ts";
import { isRepeated, parameterOf } from "./authorization-request.ts";
import type { ResolvedRequest } from "./pushed-requests.ts";

/** A client, and a redirect URI of its own. */
export interface RequestingClient {
  client: OAuthClient;
  redirectUri: string;
  pushedHash: string | null;
}

export interface RequestingClients {
  /** `open`: the session of the person who came with it, for whom the client's description may be read. */
  of(resolved: ResolvedRequest, open: OpenSession | undefined): Promise<Result<RequestingClient, InvalidRequest>>;
  /** The outcome where someone has to log in before it can be known whether there is such a client; `undefined`: it is known. */
  loginToDescribe(
    parameters: RequestParameters,
    open: OpenSession | undefined,
    problem: InvalidRequest,
  ): AuthorizationOutcome | undefined;
}

const PROBLEMS = {
  unknown: "client-unknown",
  unreadable: "client-unreachable",
  blocked: "client-blocked",
} as const satisfies Record<string, InvalidRequest>;

export const createRequestingClients = (clients: KnownClients): RequestingClients => {
  const clientOf = async (id: string, open: OpenSession | undefined): Promise<Result<OAuthClient, InvalidRequest>> => {
    if (open) {
      const current = await clients.current(id, open.user.id);
      return current.ok ? current : failure(PROBLEMS[current.error.kind]);
    }
    const found = await clients.find(id);
    return found ? success(found.client) : failure("client-unknown");
  };

  return {
    of: async ({ parameters, pushedHash }, open) => {
      // Of two, another reader may take the other one.
      if (isRepeated(parameters, "client_id", "redirect_uri")) return failure("malformed");
      const client = await clientOf(parameterOf(parameters, "client_id") ?? "", open);
      if (!client.ok) return client;
      const redirectUri = parameterOf(parameters, "redirect_uri");
      if (redirectUri === undefined || !isRegistered(redirectUri, client.value.redirectUris))
        return failure("redirect-uri-mismatch");
      return success({ client: client.value, redirectUri, pushedHash });
    },

    loginToDescribe: (parameters, open, problem) => {
      if (open || problem !== "client-unknown") return undefined;
      const isUnread = clients.isDescribed(parameterOf(parameters, "client_id") ?? "");
      if (!isUnread || parameterOf(parameters, "prompt") === "none") return undefined;
      const loginHint = parameterOf(parameters, "login_hint");
      return { kind: "log-in", why: "no-session", ...(loginHint !== undefined && { loginHint }) };
    },
  };
};
