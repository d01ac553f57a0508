/** Calls an upstream: as its own caller, with the body as it comes, and the response as it comes back. */
import { currentRequest } from "#shared/observability/context.ts";
import { formatTraceparent, parseTraceparent } from "#shared/observability/trace.ts";
import { authorityOf } from "#shared/policy/path.ts";
import { type Problem, problem } from "#shared/problem/problem.ts";
import { isBodiless } from "#shared/semantics/method.ts";
import { isSocketRequest } from "../admission/socket-credential.ts";
import { unavailable } from "../backends/unavailable.ts";
import { createAttempt } from "./attempt.ts";
import { DEFAULT_ANSWER_SECONDS, DEFAULT_MAX_BODY_BYTES, type Upstream, type UpstreamCall } from "./compiled.ts";
import { endingWithStanding } from "./event-streams.ts";
import { type Passing, socketResponse, upstreamFields, upstreamResponse } from "./fields.ts";
import { identityFields, scopesFor } from "./identity.ts";
import { LOOP_FIELD, loopField } from "./loops.ts";
import { assertNoWorkerAtPrefix } from "./own-host.ts";
import type { Passage, SentRequest, UpstreamCaller, UpstreamServices } from "./ports.ts";
import type { Standing } from "./standing.ts";

const identityOf = async (
  { upstreamTokens }: UpstreamServices,
  upstream: Upstream,
  caller: UpstreamCaller | undefined,
) => {
  if (caller === undefined || upstream.identity === "none") return {};
  const token = await upstreamTokens(upstream, caller);
  return {
    authorization: `Bearer ${token}`,
    ...(upstream.identity === "headers" && identityFields(caller.principal, scopesFor(upstream, caller.principal))),
  };
};

/** What the gateway says of the request itself: its id and trace, and how the caller reached it. */
const requestFields = (
  { publicUrl }: UpstreamServices,
  { fields, raw: { url } }: SentRequest,
  { upstream }: UpstreamCall,
): Record<string, string> => {
  const request = currentRequest();
  const state = fields.get("tracestate");
  return {
    ...(request && { "x-request-id": request.requestId, traceparent: formatTraceparent(request.span) }),
    ...(request?.clientAddress !== undefined && { "x-forwarded-for": request.clientAddress }),
    ...(state && parseTraceparent(fields.get("traceparent")) && { tracestate: state }),
    [LOOP_FIELD]: loopField(fields, publicUrl),
    "x-forwarded-host": fields.get("host") ?? authorityOf(url),
    "x-forwarded-proto": publicUrl.startsWith("https:") ? "https" : "http",
    ...(upstream.prefix !== "/" && upstream.body.keepPrefix !== true && { "x-forwarded-prefix": upstream.prefix }),
  };
};

const tooManySockets = (): Problem =>
  problem("too-many-attempts", {
    detail: "You have too many WebSockets open at this service. Close one first.",
    headers: { "retry-after": "10" },
  });

/** workerd sends every request that asks for a WebSocket as a GET, whatever the caller's right was for (RFC 6455 §4.1). */
const assertOpensByGet = (method: string): void => {
  if (method === "GET") return;
  throw problem("malformed-request", { detail: "Only a GET can ask for a WebSocket: leave out the field Upgrade." });
};

/** What responds to TRACE gives back the fields that it received, those of the gateway included (RFC 9110 §9.3.8). */
const NEVER_PASSED_ON = ["TRACE", "TRACK", "CONNECT"];

export interface CalledUpstream {
  call: UpstreamCall;
  /** `undefined` where anyone may call. */
  caller: UpstreamCaller | undefined;
  standing: Standing;
}

type Run = () => Promise<Response>;

const passingOf = ({ call: { upstream, atPrefix }, caller }: CalledUpstream): Passing => ({
  forCaller: caller !== undefined,
  onOwnHost: upstream.host === undefined,
  atPrefix,
});

const responseFor = (called: CalledUpstream, received: Response): Response =>
  endingWithStanding(upstreamResponse(received, passingOf(called)), called.standing);

/** Opens a WebSocket, if there is a place for it; the upstream's response, where it opens none. */
const openSocket = async (
  { openSockets }: UpstreamServices,
  called: CalledUpstream,
  { passage, run }: { passage: Passage; run: Run },
): Promise<Response> => {
  const {
    call: { upstream },
    caller,
    standing,
  } = called;
  const who = caller?.principal.subject ?? currentRequest()?.clientAddress ?? "";
  const place = openSockets.take({ upstream: upstream.name, caller: who }, upstream.webSockets);
  if (place === "full-for-caller") throw tooManySockets();
  if (typeof place === "string")
    throw unavailable(new Error(`no WebSocket more: ${place}`), "Too many WebSockets are open. Retry later.");
  try {
    const response = await run();
    if (!response.webSocket) {
      place.release();
      return responseFor(called, response);
    }
    const callerEnd = passage.join(response.webSocket, { standing, place });
    return socketResponse(response, callerEnd, passingOf(called));
  } catch (error) {
    place.release();
    throw error;
  }
};

/** The response of the upstream, for the caller. Throws the problems of {@link RunCall} and {@link createAttempt}. */
export const callUpstream = async (
  services: UpstreamServices,
  sent: SentRequest,
  called: CalledUpstream,
): Promise<Response> => {
  const { call, caller } = called;
  const { upstream, route, path, atPrefix } = call;
  const { raw, fields } = sent;
  const { method } = raw;
  if (NEVER_PASSED_ON.includes(method)) throw problem("method-not-allowed", { detail: `${method} is not passed on.` });
  if (isSocketRequest(fields)) assertOpensByGet(method);
  if (upstream.host === undefined && atPrefix) assertNoWorkerAtPrefix(fields);
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES, timeoutSeconds = DEFAULT_ANSWER_SECONDS } = route.policy;
  const deadlineAtMs = services.now() + timeoutSeconds * 1000;
  const own = { ...requestFields(services, sent, call), ...(await identityOf(services, upstream, caller)) };
  const headers = upstreamFields(raw.headers, fields, own);
  const hasBody = !isBodiless(method) && raw.body !== null;
  const passage = isSocketRequest(fields) ? services.passages.open() : undefined;
  const { reach } = passage ?? services.egress;
  const attempt = createAttempt(services, sent, { reach, upstream, path, headers, maxBodyBytes });
  const run = () => services.egress.run({ upstream, method, hasBody, deadlineAtMs }, attempt);
  if (passage) return openSocket(services, called, { passage, run });
  return responseFor(called, await run());
};
