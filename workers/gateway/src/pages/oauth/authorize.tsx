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
import { showTerms } from "../account/terms.tsx";
import { owesConsent, TERMS } from "../frame/consents.ts";
import { isTooLong } from "../frame/destination.ts";
import { PageProblem } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { owesFactor, type Visitor, visitorOf } from "../frame/visitor.ts";
import { askForFactor, serveVisitor, toLogin } from "../login/asking.tsx";
import { beginLogin } from "../login/log-in.tsx";
import { leadOn } from "../views/onward.tsx";
import { AUTHORIZE, ConsentPage } from "./consent-page.tsx";
import { parametersOf } from "./parameters.ts";

type LogIn = Extract<AuthorizationOutcome, { kind: "log-in" }>;

/** Where this request is opened again. Throws a problem of the page where it is too long for an address. */
const addressOf = (page: PageCall, parameters: URLSearchParams): string => {
  const address = `${AUTHORIZE}?${parameters}`;
  if (isTooLong(page, address)) throw new PageProblem("malformed-request", { detail: page.texts.failure.tooLong });
  return address;
};

/**
 * Asks for a login or a second factor, from where the same request comes back, and says since when it has waited. It goes along in
 * the form: in an address, what is encoded already would be encoded again.
 */
const askFirst = (
  page: PageCall,
  visitor: Visitor | undefined,
  { why, loginHint }: LogIn,
  parameters: RequestParameters,
): Promise<Response> => {
  const since = String(Math.floor(page.context.get("services").now() / 1000));
  const again = new URLSearchParams([
    ...parameters.filter(([name]) => name !== AUTHENTICATED_SINCE),
    [AUTHENTICATED_SINCE, since],
  ]);
  const hidden = { next: addressOf(page, again) };
  return visitor && why === "second-factor"
    ? askForFactor(page, visitor, { hidden })
    : beginLogin(page, { hidden, username: loginHint });
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
      return askFirst(page, visitor, outcome, parameters);
    case "consent": {
      if (!visitor) throw new Error("no one is asked for consent who is not logged in");
      const { username } = await profileOf(page, visitor);
      return htmlResponse(page, <ConsentPage page={page} consent={outcome} username={username} />);
    }
  }
};

export const showAuthorization = async (page: PageCall): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor) return authorize(page, undefined);
  const toHere = (): string => addressOf(page, new URLSearchParams(parametersOf(page)));
  return serveVisitor(page, visitor, async () => {
    if (await owesFactor(page, visitor)) return askForFactor(page, visitor, { hidden: { next: toHere() } });
    // An application that asks to show no page gets tokens, or an error, as clients of the API do.
    if (page.query["prompt"] !== "none" && (await owesConsent(page, visitor)))
      return showTerms({ ...page, query: { next: toHere() } }, visitor);
    return authorize(page, visitor);
  });
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
