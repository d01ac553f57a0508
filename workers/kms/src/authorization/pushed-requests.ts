/**
 * Requests that a client pushes before it sends the browser (RFC 9126): no one on the way can read or change them. One is kept for 90
 * seconds until a browser comes with it, then for a quarter of an hour, and is deleted with the code that comes of it.
 */
import { AUTHENTICATED_SINCE, type InvalidRequest, type RequestParameters } from "#shared/contracts/authorization.ts";
import { failure, type Result, success } from "#shared/lang/result.ts";
import type { RandomBytes } from "../crypto/random.ts";
import type { AuthorizationStore } from "./authorization.ts";
import { isRepeated, parameterOf } from "./authorization-request.ts";

export const PUSHED_TTL_SECONDS = 90;
const BEGUN_TTL_MS = 15 * 60_000;
const SECRET_BYTES = 32;
const PREFIX = "urn:ietf:params:oauth:request_uri:";
const CONTEXT = "pushed-authorization-request";

/** The parameters that count. */
export interface ResolvedRequest {
  parameters: RequestParameters;
  /** The pushed request that they are of. */
  pushedHash: string | null;
}

export interface PushedRequests {
  /** Keeps what a client has pushed, which is checked, and gives its `request_uri`. */
  push(clientId: string, parameters: RequestParameters): Promise<string>;
  /** What was pushed, if these name it; else these themselves. */
  resolve(parameters: RequestParameters): Promise<Result<ResolvedRequest, InvalidRequest>>;
}

export interface PushedRequestsOptions {
  store: Pick<AuthorizationStore, "push" | "beginPushed">;
  mac: (context: string, secret: string) => string;
  randomBytes: RandomBytes;
  now: () => number;
}

export const createPushedRequests = ({ store, mac, randomBytes, now }: PushedRequestsOptions): PushedRequests => ({
  push: async (clientId, parameters) => {
    const token = Buffer.from(randomBytes(SECRET_BYTES)).toString("base64url");
    const expiresAt = new Date(now() + PUSHED_TTL_SECONDS * 1000);
    await store.push({
      tokenHash: mac(CONTEXT, token),
      clientId,
      // Only the pages say when a person was sent to log in.
      parameters: parameters.filter(([name]) => name !== AUTHENTICATED_SINCE),
      expiresAt,
    });
    return PREFIX + token;
  },
  resolve: async (parameters) => {
    const uri = parameterOf(parameters, "request_uri");
    if (!uri?.startsWith(PREFIX)) return success({ parameters, pushedHash: null });
    if (isRepeated(parameters, "client_id", "request_uri", AUTHENTICATED_SINCE)) return failure("malformed");
    const pushedHash = mac(CONTEXT, uri.slice(PREFIX.length));
    const clientId = parameterOf(parameters, "client_id") ?? "";
    const pushed = await store.beginPushed(pushedHash, clientId, new Date(now()), new Date(now() + BEGUN_TTL_MS));
    if (!pushed) return failure("request-expired");
    const since = parameterOf(parameters, AUTHENTICATED_SINCE);
    // What came before the request is no login for it.
    const counts = since !== undefined && Number(since) >= Math.floor(pushed.begunAt.getTime() / 1000);
    return success({
      parameters: counts ? [...pushed.parameters, [AUTHENTICATED_SINCE, since]] : pushed.parameters,
      pushedHash,
    });
  },
});
