/** The pages that ask a visitor who they are: before they get in, and in the middle of what needs to know it for sure. */

import { owesConsent, TERMS } from "../frame/consents.ts";
import { factorsOf, passkeyOptions } from "../frame/factors.ts";
import { type Refusal, Refused, refusedForm } from "../frame/operations.ts";
import type { Form, PageCall } from "../frame/page-call.ts";
import { PENDING_FIELD, sealPending } from "../frame/pending.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { owesFactor, type Visitor, visitorOf } from "../frame/visitor.ts";
import { FactorPage, type SentCode } from "./factor-page.tsx";
import { LoginPage, type LoginView } from "./log-in-page.tsx";

export const askForLogin = (page: PageCall, view: LoginView): Promise<Response> =>
  htmlResponse(
    page,
    <LoginPage page={page} view={view} offered={page.context.get("services")} />,
    refusedForm(view.refusal),
  );

export interface FactorQuestion {
  hidden: Form;
  refusal?: Refusal | undefined;
  sent?: SentCode | undefined;
}

/** Asks for one of the visitor's second factors. */
export const askForFactor = async (page: PageCall, visitor: Visitor, question: FactorQuestion): Promise<Response> => {
  const factors = await factorsOf(page, visitor);
  const hasPasskey = factors.some(({ type, disabledAt }) => type === "webauthn" && !disabledAt);
  const options = hasPasskey ? await passkeyOptions(page, visitor) : undefined;
  const html = <FactorPage page={page} question={question} factors={factors} options={options} />;
  return htmlResponse(page, html, refusedForm(question.refusal));
};

/** A path that comes back to this page. */
const withNext = (path: string, page: PageCall): string => {
  const query = new URLSearchParams(page.query);
  const next = query.size === 0 ? page.path : `${page.path}?${query}`;
  return `${path}?${new URLSearchParams({ next })}`;
};

export const toLogin = (page: PageCall): Response => redirect(page, withNext("/account/login", page));

export type VisitorHandle = (page: PageCall, visitor: Visitor) => Promise<Response>;

/** Asks a visitor who has authenticated at all for a second factor or to log in again, and then repeats the form. */
const confirm = async (page: PageCall, visitor: Visitor, by: "factor" | "login"): Promise<Response> => {
  const { path, form } = page;
  const pending = await sealPending(page.context.get("services"), visitor.principal.subject, { path, form });
  const hidden = { [PENDING_FIELD]: pending };
  return by === "factor" ? askForFactor(page, visitor, { hidden }) : askForLogin(page, { hidden, isAgain: true });
};

/** Asks a visitor to confirm who they are as surely as they have so far. */
export const confirmAgain = (page: PageCall, visitor: Visitor): Promise<Response> =>
  confirm(page, visitor, visitor.principal.acr === "aal2" ? "factor" : "login");

/** Serves the page, and asks the visitor to confirm who they are where an operation wants to know. */
export const serveVisitor = async (page: PageCall, visitor: Visitor, handle: VisitorHandle): Promise<Response> => {
  try {
    return await handle(page, visitor);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.refusal.code === "unauthenticated") return toLogin(page);
    if (error.refusal.code === "step-up-required")
      return confirm(page, visitor, error.refusal.challenge.includes("acr_values") ? "factor" : "login");
    throw error;
  }
};

/** A page for those who are logged in, and have agreed to what the operator asks; others do that first. */
export const forVisitors =
  (handle: VisitorHandle) =>
  async (page: PageCall): Promise<Response> => {
    const visitor = await visitorOf(page);
    if (!visitor) return toLogin(page);
    if (await owesFactor(page, visitor)) return redirect(page, withNext("/account/second-factor", page));
    if (await owesConsent(page, visitor)) return redirect(page, withNext(TERMS, page));
    return serveVisitor(page, visitor, handle);
  };
