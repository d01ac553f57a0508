/** Callers, and how every route must answer them: what is sent, and the answer in one line. */
import { createHmac } from "node:crypto";
import { SCOPES } from "../../shared/contracts/rights.ts";
import { WORKERS, type WorkerName } from "../../shared/contracts/workers.ts";
import { ANY_TYPE, type Policy, typesOf } from "../../shared/policy/policy.ts";
import { ROUTES } from "../../shared/policy/routes.ts";
import type { Fountain } from "../support/harness.ts";
import { ISSUER, type Mint } from "../support/mint.ts";
import { createTestSigner } from "../support/tokens.ts";

export interface Route {
  name: string;
  method: string;
  path: string;
  /** The path as callers of the gateway know it. */
  called: string;
  policy: Policy;
}

export const routesOf = (worker: WorkerName, prefix: string): Route[] =>
  Object.entries(ROUTES[worker]).map(([key, policy]) => {
    const [method = "", template = ""] = key.split(" ");
    const path = template.replaceAll(/\{\w+\+?\}/g, "7");
    return { name: `${method} ${prefix}${template}`, method, path: prefix + path, called: `/${worker}${path}`, policy };
  });

export const BEHIND_THE_GATEWAY = WORKERS.filter((worker) => worker !== "gateway");
export const isProtected = ({ policy }: Route): boolean => policy.caller !== "anyone";

const BODIES: Record<string, string> = {
  "application/json": "{}",
  "application/x-www-form-urlencoded": "a=b",
  "text/plain": " ",
};

/** The media type a route is called with, where it takes any. */
const typeOf = (policy: Policy): string => typesOf(policy).find((type) => type !== ANY_TYPE) ?? "text/plain";

const hasBody = (method: string): boolean => method === "POST" || method === "PUT";

export const bodyOf = ({ method, policy }: Pick<Route, "method" | "policy">): { body?: string } =>
  hasBody(method) ? { body: BODIES[typeOf(policy)] ?? "" } : {};

export const send = (
  fountain: Fountain,
  { method, path, policy }: Route,
  headers: Record<string, string>,
): Promise<Response> => {
  const typed = hasBody(method) ? { "content-type": typeOf(policy) } : {};
  return fountain.fetch(path, { method, headers: { ...typed, ...headers }, ...bodyOf({ method, policy }) });
};

/** Typesense's clients are told a message and nothing else; what it stands for shows in the status. */
const CODES: Record<number, string> = { 400: "malformed-request", 401: "unauthenticated", 403: "forbidden" };

/** The gateway says where to get a token, and the workers do not. */
const METADATA_ADDRESS = /,? resource_metadata="[^"]+"$/;

/** Status, code and challenge of an answer, in one line. */
export const describeAnswer = async (response: Response, { policy }: Route): Promise<string> => {
  const body = Object(await response.json().catch(() => undefined));
  const isMessage = typeof body.message === "string" && Object.keys(body).length === 1;
  const code = policy.dialect === "typesense" && isMessage ? CODES[response.status] : body.code;
  const challenge = (response.headers.get("www-authenticate") ?? "no challenge").replace(METADATA_ADDRESS, "");
  return `${response.status} ${code}, ${challenge}`;
};

export const ANONYMOUS = "401 unauthenticated, Bearer";
export const REFUSED = '401 unauthenticated, Bearer error="invalid_token"';
export const FORBIDDEN = '403 forbidden, Bearer error="insufficient_scope"';
export const STEP_UP =
  '401 step-up-required, Bearer error="insufficient_user_authentication", acr_values="aal2", max_age="300"';

const segment = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
export const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });
const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** A revocation is known everywhere within five seconds. */
export const KNOWN_WITHIN = { timeout: 5_000, interval: 100 };
export const REVOKED_SESSION = "a-session-that-has-ended";
const ALL_SCOPES = SCOPES.join(" ");
/** A caller who may do everything, so that a refusal has no other reason than the one thing that is wrong. */
export const everything = (claims: Record<string, unknown> = {}): Record<string, unknown> => ({
  sid: crypto.randomUUID(),
  scope: ALL_SCOPES,
  acr: "aal2",
  amr: ["pwd", "otp"],
  ...claims,
});
const service = { client_id: "a-service", sub: "service:a-service", acr: "aal1" };
/** A service that acts for the caller. */
const delegate = { client_id: "a-service", act: { sub: "service:a-service", sid: "a-key" }, acr: "aal1" };
const scopedKey = { scope: ALL_SCOPES, search_filter: "script_id:=1", acr: "aal1" };

export type Headers = Record<string, string>;

/** Credentials that no route takes, each with one thing wrong. */
export const brokenCredentials = async (mint: Mint): Promise<Record<string, Headers>> => {
  const stranger = await createTestSigner(mint.kid);
  const good = await mint.sign(everything());
  const [header = "", payload = "", signature = ""] = good.split(".");
  const hs256 = `${segment({ alg: "HS256", typ: "at+jwt", kid: mint.kid })}.${payload}`;
  return {
    "no token": bearer("not-a-token"),
    "another scheme": { authorization: "Basic YWRtaW46YWRtaW4=" },
    "an empty token": { authorization: "Bearer " },
    "two tokens": { authorization: `Bearer ${good}, Bearer ${good}` },
    expired: bearer(await mint.sign(everything({ exp: nowSeconds() - 1 }))),
    "without an end": bearer(await mint.sign(everything({ exp: undefined }))),
    "for another audience": bearer(await mint.sign(everything({ aud: "elsewhere" }))),
    "for a service behind the gateway": bearer(await mint.sign(everything({ aud: `${ISSUER}/notes` }))),
    "for what that service receives": bearer(await mint.sign(everything({ aud: "notes" }))),
    "for another installation's service": bearer(
      await mint.sign(everything({ aud: ["fountain", "https://evil.example/notes"] })),
    ),
    "for the URLs of workers": bearer(
      await mint.sign(everything({ aud: BEHIND_THE_GATEWAY.map((name) => `${ISSUER}/${name}`) })),
    ),
    "of another issuer": bearer(await mint.sign(everything({ iss: "https://evil.example" }))),
    "of another type": bearer(await mint.sign(everything(), { typ: "JWT" })),
    "of an unknown key": bearer(await mint.sign(everything(), { kid: "unknown" })),
    "signed by another key": bearer(await stranger.sign(JSON.parse(Buffer.from(payload, "base64url").toString()))),
    "signed by nobody": bearer(`${segment({ alg: "none", typ: "at+jwt", kid: mint.kid })}.${payload}.`),
    "signed with a shared secret": bearer(
      `${hs256}.${createHmac("sha256", mint.kid).update(hs256).digest("base64url")}`,
    ),
    "with another's claims": bearer(`${header}.${segment({ ...everything(), sub: "root" })}.${signature}`),
    "of an ended session": bearer(await mint.sign(everything({ sid: REVOKED_SESSION }))),
  };
};

/** A second factor that was passed for one request, and for nothing else. */
export const grantFor = (method: string, path: string, bodySha256?: string): Record<string, unknown> => ({
  authorization_details: [
    { type: "fountain_request", actions: [method], locations: [path], ...(bodySha256 && { bodySha256 }) },
  ],
});

/** Second factors that were passed for this request but for one thing; `called`: the path at the gateway. */
const grantsForOthers = (method: string, called: string): Record<string, Record<string, unknown>> => ({
  "a grant for another method": grantFor(method === "POST" ? "PUT" : "POST", called),
  "a grant for another path": grantFor(method, `${called}/7`),
  "a grant for another worker": grantFor(method, called.replace(/^\/[^/]+/, "/elsewhere")),
  "a grant for the path past the gateway": grantFor(method, called.replace(/^\/[^/]+/, "")),
  "a grant for another query": grantFor(method, `${called}?really=1`),
  "a grant for another body": grantFor(method, called, "A".repeat(43)),
});

/** How a route must answer callers who are who they say, but may not do this. */
export const insufficientCredentials = async (
  mint: Mint,
  { policy, method, called }: Route,
): Promise<Record<string, [Headers, string]>> => {
  const scopes = SCOPES.filter((scope) => scope !== policy.scope).join(" ");
  const longAgo = { auth_time: nowSeconds() - 301 };
  const signed = async (claims: Record<string, unknown>): Promise<Headers> =>
    bearer(await mint.sign(everything(claims)));
  const refused = async (
    claims: Record<string, Record<string, unknown>>,
    answer: string,
  ): Promise<Record<string, [Headers, string]>> =>
    Object.fromEntries(
      await Promise.all(Object.entries(claims).map(async ([name, claim]) => [name, [await signed(claim), answer]])),
    );
  return {
    ...(policy.scope !== undefined && {
      "every scope but the one": [await signed({ scope: scopes }), `${FORBIDDEN}, scope="${policy.scope}"`],
      "no scope": [await signed({ scope: "" }), `${FORBIDDEN}, scope="${policy.scope}"`],
    }),
    ...(policy.scopedKeys !== true && { "a scoped key": [await signed(scopedKey), FORBIDDEN] }),
    ...(policy.caller === "user" && { "a service": [await signed(service), FORBIDDEN] }),
    ...((policy.stepUp?.when === "always" || policy.grants) && {
      "one factor": [await signed({ acr: "aal1", amr: ["pwd"] }), STEP_UP],
      "a second factor of long ago": [await signed(longAgo), STEP_UP],
    }),
    ...(policy.stepUp === undefined && {
      "a grant for one request": [await signed(grantFor(method, called)), FORBIDDEN],
    }),
    ...(policy.stepUp !== undefined && (await refused(grantsForOthers(method, called), STEP_UP))),
    ...(policy.stepUp?.when === "always" &&
      policy.caller === "authenticated" && {
        "a service of one factor": [await signed(service), STEP_UP],
      }),
    ...(policy.grants && { "a service that acts for a user": [await signed(delegate), FORBIDDEN] }),
    ...((policy.grants === "credential" || policy.grants === "rights") && {
      "a service": [await signed(service), FORBIDDEN],
    }),
  };
};

/** Answers of one route to each of these credentials, by the credential's name. */
export const answersTo = async (fountain: Fountain, route: Route, credentials: Record<string, Headers>) => {
  const answers = Object.entries(credentials).map(
    async ([name, headers]) => [name, await describeAnswer(await send(fountain, route, headers), route)] as const,
  );
  return Object.fromEntries(await Promise.all(answers));
};
