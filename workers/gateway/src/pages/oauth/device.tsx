/**
 * Lets a device in that shows a code (RFC 8628 §3.3), at `/oauth/device`. A link with the code only fills it in: the person confirms
 * that it is the one on their device, because a stranger who sent them the link may wait with another (§5.4).
 */

import type { DeviceFailure } from "#shared/contracts/authorization.ts";
import type { Result } from "#shared/lang/result.ts";
import { tooOften } from "#shared/problem/too-often.ts";
import { profileOf } from "../account/profile.tsx";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import { confirmAgain, toLogin, type VisitorHandle } from "../login/asking.tsx";
import { CodePage, DEVICE, DecidedPage, DeviceQuestionPage } from "./device-page.tsx";

const UNPROCESSABLE = 422;

export const showDevice: VisitorHandle = async (page) => {
  const { done, user_code: code = "" } = page.query;
  return done === "allowed" || done === "refused"
    ? htmlResponse(page, <DecidedPage page={page} isAllowed={done === "allowed"} />)
    : htmlResponse(page, <CodePage page={page} code={code} />);
};

type Refused = Extract<Result<never, DeviceFailure>, { ok: false }>["error"];

/** Throws where the person has guessed too often. */
const refuse = (page: PageCall, visitor: Visitor, error: Refused): Response | Promise<Response> => {
  switch (error.kind) {
    case "blocked":
      throw tooOften(error.retryAfterSeconds);
    case "no-session":
      return toLogin(page);
    case "stale":
      return confirmAgain(page, visitor);
    case "unknown": {
      const html = <CodePage page={page} code={page.form["userCode"] ?? ""} isUnknown />;
      return htmlResponse(page, html, { status: UNPROCESSABLE });
    }
  }
};

/** Takes the code and asks, or takes what the person said. */
export const takeDevice: VisitorHandle = async (page, visitor) => {
  const { kms } = page.context.get("services");
  const { userCode = "", decision } = page.form;
  const call = { userCode, sessionId: visitor.principal.sessionId };
  if (decision === undefined) {
    const asked = await kms.deviceRequest(call);
    if (!asked.ok) return refuse(page, visitor, asked.error);
    const { username } = await profileOf(page, visitor);
    return htmlResponse(page, <DeviceQuestionPage page={page} question={asked.value} username={username} />);
  }
  const allow = decision === "allow";
  const decided = await kms.decideDevice({ ...call, allow });
  return decided.ok
    ? redirect(page, `${DEVICE}?done=${allow ? "allowed" : "refused"}`)
    : refuse(page, visitor, decided.error);
};
