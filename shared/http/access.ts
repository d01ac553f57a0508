/** The parts of the access check, which `pipeline.ts` puts in order. */

import type { Context, HonoRequest } from "hono";
import { refusalOf, stepUpRequired, unauthenticated } from "../auth/authorize.ts";
import { actingClientOf, isMeantFor, type Principal } from "../auth/claims.ts";
import type { TokenVerifier } from "../auth/verify.ts";
import type { Purpose } from "../contracts/purpose.ts";
import type { WorkerName } from "../contracts/workers.ts";
import { sha256 } from "../lang/digest.ts";
import { failure } from "../lang/result.ts";
import { Unavailable } from "../lang/unavailable.ts";
import { isEncodedUtf8 } from "../lang/utf8.ts";
import { noteCaller, noteReason } from "../observability/context.ts";
import { matchRoute, partOf } from "../policy/match.ts";
import { queryOf } from "../policy/path.ts";
import type { Policy } from "../policy/policy.ts";
import { type Problem, problem } from "../problem/problem.ts";
import type { Fields } from "./fields.ts";
import type { BaseServices, WorkerEnv } from "./worker-env.ts";

/** The token of an `Authorization: Bearer` header (RFC 6750 §2.1); the scheme's name is case-insensitive. */
export const bearerToken = (headers: Pick<Fields, "get">): string | undefined =>
  /^bearer +([\w.~+/=-]+)$/i.exec(headers.get("authorization") ?? "")?.[1];

/** The token of an `Authorization: DPoP` header (RFC 9449 §7.1). */
export const boundToken = (headers: Pick<Fields, "get">): string | undefined =>
  /^dpop +([\w.~+/=-]+)$/i.exec(headers.get("authorization") ?? "")?.[1];

/** Of a whole address, as it is sent. */
export const MAX_ADDRESS_CHARACTERS = 8_192;
/** NUL and other control characters: no name in Fountain has one, and not every part would read them alike. */
const ENCODED_CONTROL = /%(?:[01][0-9a-f]|7f)/i;
const ENCODED_SLASH = /%2f/i;
/** What workerd has made of bytes that were sent unencoded and are not UTF-8; an encoded U+FFFD stays encoded. */
const REPLACED = "\ufffd";

/** Refuses an address that no honest client sends, with 400. */
export const assertSaneAddress = ({ url, path }: Pick<HonoRequest, "url" | "path">): void => {
  if (url.length > MAX_ADDRESS_CHARACTERS)
    throw problem("malformed-request", {
      detail: `The path and query must have at most ${MAX_ADDRESS_CHARACTERS} characters.`,
    });
  if (ENCODED_CONTROL.test(path))
    throw problem("malformed-request", { detail: "The path must not contain control characters." });
};

/** Refuses an address that is not UTF-8 with 400: what it names would be replaced by something else. */
export const assertUtf8Address = ({ url }: Pick<HonoRequest, "url">): void => {
  if (!isEncodedUtf8(url) || url.includes(REPLACED))
    throw problem("malformed-request", { detail: "The path and query must be UTF-8, percent-encoded." });
};

const noOperationAt = (path: string): string =>
  ENCODED_SLASH.test(path)
    ? "No operation exists at this path. Names must not contain an encoded slash (%2F); send the slashes of a path as they are."
    : "No operation exists at this path.";

/** Finds the policy of the request, or refuses with 404 or 405. */
export const policyOf = (worker: WorkerName, method: string, path: string): { template: string; policy: Policy } => {
  const match = matchRoute(worker, method, path);
  if (match.ok) return match.value;
  const { allowedMethods } = match.error;
  if (allowedMethods.length === 0) throw problem("not-found", { detail: noOperationAt(path) });
  const allowed = allowedMethods.flatMap((name) => (name === "GET" ? ["GET", "HEAD"] : [name])).join(", ");
  throw problem("method-not-allowed", { detail: `Allowed methods: ${allowed}.`, headers: { allow: allowed } });
};

/** The error of a refused credential: the reason goes to the log, and the caller learns nothing but 401. */
export const credentialRefused = (reason: string): Problem | Unavailable => {
  noteReason(reason);
  return reason === "trust-unavailable"
    ? new Unavailable("the verification keys are not known")
    : unauthenticated(true);
};

/** What a call is about, where its scope may be narrowed to that; `path`: as the template has it. */
export const resourceOf = (
  { template, path, url }: { template: string; path: string; url: string },
  { narrowedBy = "handler" }: Policy,
): string | undefined => {
  if (narrowedBy === "handler") return undefined;
  if (narrowedBy === "prefix") return new URLSearchParams(queryOf(url)).get("prefix") ?? undefined;
  return partOf(template, path, narrowedBy);
};

/** Refuses a token that was given for another request. */
const refuseOtherRequest = (policy: Policy): Problem => {
  noteReason("other-request");
  return stepUpRequired(
    policy.stepUp,
    "This token is valid only for another request. Verify a second factor for this one.",
  );
};

/** Path and query as the caller sends them to the gateway; `prefix`: what the gateway has taken off. */
export const calledPath = (request: HonoRequest, prefix = ""): string =>
  `${prefix}${request.path}${queryOf(request.url)}`;

const isFor = ({ method, path }: Purpose, request: HonoRequest, prefix: string): boolean =>
  method === request.method && path === calledPath(request, prefix);

/** SHA-256 of the body's bytes in base64url, which can still be read afterwards. */
export const bodyHash = async (request: Request): Promise<string> => sha256(await request.clone().arrayBuffer());

/** Refuses a body that the caller's token was not given for. */
export const assertBody = async (request: Request, policy: Policy, principal: Principal): Promise<void> => {
  const expected = principal.purpose?.bodySha256;
  if (expected !== undefined && expected !== (await bodyHash(request))) throw refuseOtherRequest(policy);
};

/**
 * Sets the principal, or refuses: with 401 a token that is meant for something else (RFC 8725 §3.9) or for another
 * request, with 403 the wrong kind of caller, or a missing scope. `called`: see `isMeantFor`; `prefix`: what the gateway has taken off the path.
 */
export const admit = <Services extends BaseServices>(
  context: Context<WorkerEnv<Services>>,
  { called, policy, prefix }: { called: string; policy: Policy; prefix: string },
  principal: Principal,
): void => {
  if (!isMeantFor(principal, called)) throw credentialRefused("other-audience");
  context.set("principal", principal);
  noteCaller({ subject: principal.subject, actingService: actingClientOf(principal) });
  const { path, url } = context.req;
  const refusal = refusalOf(policy, principal, () =>
    resourceOf({ template: context.get("template"), path, url }, policy),
  );
  if (refusal) throw refusal;
  if (principal.purpose !== undefined && !isFor(principal.purpose, context.req, prefix))
    throw refuseOtherRequest(policy);
};

/**
 * A verifier of tokens that are handed in as parameters of a call: good is what would be admitted as its caller, so no
 * token for other workers, for one request or for searching only.
 */
export const admittingVerifier =
  (verify: TokenVerifier, worker: WorkerName, policy: Policy): TokenVerifier =>
  async (token) => {
    const verification = await verify(token);
    if (!verification.ok) return verification;
    const { value: principal } = verification;
    const isAdmitted = isMeantFor(principal, worker) && refusalOf(policy, principal) === undefined;
    return isAdmitted ? verification : failure("not-admitted");
  };
