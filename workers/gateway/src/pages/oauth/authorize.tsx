/**
 * The authorization endpoint (RFC 6749 §3.1) as people see it: the kms validates and decides, and here they log in, pass a second
 * factor and are asked for consent on the way.
 */
import {
  AUTHENTICATED_SINCE,
  type AuthorizationOutcome,
  type RequestParameters,
} from "#shared/contracts/authorization.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { profileOf } from "../account/profile.tsx";
import { owesConsent, TERMS } from "../frame/consents.ts";
import { PageProblem } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { owesFactor, type Visitor, visitorOf } from "../frame/visitor.ts";
import { serveVisitor, toLogin } from "../login/asking.tsx";
import { leadOn } from "../views/onward.tsx";
import { AUTHORIZE, ConsentPage } from "./consent-page.tsx";
import { parametersOf } from "./parameters.ts";

type LogIn = Extract<AuthorizationOutcome, { kind: "log-in" }>;

/** To the login or the second factor, from where the same request comes back, and says since when it has waited. */
const askFirst = (page: PageCall, { why, loginHint }: LogIn, parameters: RequestParameters): Response => {
  const since = String(Math.floor(page.context.get("services").now() / 1000));
  const again = new URLSearchParams([
    ...parameters.filter(([name]) => name !== AUTHENTICATED_SINCE),
    [AUTHENTICATED_SINCE, since],
  ]);
  const query = new URLSearchParams({
    next: `${AUTHORIZE}?${again}`,
    ...(why !== "no-session" && { again: "1" }),
    ...(loginHint !== undefined && { login_hint: loginHint }),
  });
  return redirect(page, `/account/${why === "second-factor" ? "second-factor" : "login"}?${query}`);
};

const authorize = async (page: PageCall, visitor: Visitor | undefined): Promise<Response> => {
  const parameters = parametersOf(page);
  const { kms } = page.context.get("services");
  const result = await kms.authorize({ parameters, ...(visitor && { sessionId: visitor.principal.sessionId }) });
  if (!result.ok) throw tooOften(result.error.retryAfterSeconds);
  const outcome = result.value;
  switch (outcome.kind) {
    case "invalid":
      throw new PageProblem("malformed-request", { detail: page.texts.consent.invalid[outcome.problem] });
    case "redirect":
      return redirect(page, outcome.location);
    case "log-in":
      return askFirst(page, outcome, parameters);
    case "consent": {
      if (!visitor) throw new Error("no one is asked for consent who is not logged in");
      const { username } = await profileOf(page, visitor);
      return htmlResponse(page, <ConsentPage page={page} consent={outcome} username={username} />);
    }
  }
};

const toTerms = (page: PageCall): Response =>
  redirect(
    page,
    `${TERMS}?${new URLSearchParams({ next: `${AUTHORIZE}?${new URLSearchParams(parametersOf(page))}` })}`,
  );

export const showAuthorization = async (page: PageCall): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor) return authorize(page, undefined);
  if (await owesFactor(page, visitor))
    return redirect(
      page,
      `/account/second-factor?${new URLSearchParams({ next: `${AUTHORIZE}?${new URLSearchParams(parametersOf(page))}` })}`,
    );
  // An application that asks to show no page gets tokens, or an error, as clients of the API do.
  if (page.query["prompt"] !== "none" && (await owesConsent(page, visitor))) return toTerms(page);
  return serveVisitor(page, visitor, () => authorize(page, visitor));
};

/** Takes what the person said. */
export const takeDecision = async (page: PageCall): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor || (await owesFactor(page, visitor))) return toLogin(page);
  if (await owesConsent(page, visitor)) return redirect(page, TERMS);
  const { decisionToken = "", decision } = page.form;
  const decided = await page.context.get("services").kms.decide({
    decisionToken,
    sessionId: visitor.principal.sessionId,
    allow: decision === "allow",
  });
  if (decided.ok) return leadOn(page, decided.value.location);
  if (decided.error.kind === "blocked") throw tooOften(decided.error.retryAfterSeconds);
  throw new PageProblem("forbidden", { detail: page.texts.failure.expiredAction });
};
