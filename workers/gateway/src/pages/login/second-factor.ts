/** The second factor at `/account/second-factor`: after a login, or in the middle of an action. */
import { z } from "zod";
import { destinationOf } from "../frame/destination.ts";
import { NOTHING, type Operation, PageProblem } from "../frame/operations.ts";
import type { Form, PageCall } from "../frame/page-call.ts";
import { openPending, PENDING_FIELD } from "../frame/pending.ts";
import { redirect } from "../frame/response.ts";
import { owesFactor, renewLogin, type Visitor, visitorOf } from "../frame/visitor.ts";
import { proceedTo } from "../views/onward.tsx";
import { askForFactor, serveVisitor, toLogin } from "./asking.tsx";
import type { SentCode } from "./factor-page.tsx";
import { proofOf, type Resume } from "./log-in.tsx";

const hiddenOf = ({ form, query }: PageCall): Form => {
  const pending = form[PENDING_FIELD];
  return pending === undefined ? { next: destinationOf(form["next"] ?? query["next"]) } : { [PENDING_FIELD]: pending };
};

export const showFactor = async (page: PageCall): Promise<Response> => {
  const visitor = await visitorOf(page);
  if (!visitor) return toLogin(page);
  const hidden = hiddenOf(page);
  if (!(await owesFactor(page, visitor))) return redirect(page, destinationOf(hidden["next"]));
  return serveVisitor(page, visitor, () => askForFactor(page, visitor, { hidden }));
};

const sentSchema = z.object({ challengeId: z.string(), destination: z.string() });

/** Sends a code to a factor of the visitor's, and asks for it. */
const sendCode = async (page: PageCall, visitor: Visitor): Promise<Response> => {
  const { channel, factorId } = page.form;
  const generate: Operation = {
    method: "POST",
    path: "/twofa/auth/generate",
    token: visitor.token,
    json: { channel, factorId },
  };
  const sent = await page.operate(generate, sentSchema);
  const hidden = hiddenOf(page);
  return askForFactor(page, visitor, sent.ok ? { hidden, sent: sent.value } : { hidden, refusal: sent.error });
};

/** The code that was asked for, if one was sent. */
const sentCode = ({ challengeId, destination }: Form): SentCode | undefined =>
  challengeId && destination ? { challengeId, destination } : undefined;

const proofIn = (form: Form): object => {
  if (form["credential"] !== undefined) return proofOf(form);
  if (form["recoveryCode"] !== undefined) return { recoveryCode: form["recoveryCode"] };
  const sent = sentCode(form);
  return { code: form["code"] ?? "", ...(sent && { challengeId: sent.challengeId }) };
};

/** Continues where the factor was asked for. */
const proceed = async (page: PageCall, visitor: Visitor, resume: Resume): Promise<Response> => {
  const sealed = page.form[PENDING_FIELD];
  if (sealed === undefined) return proceedTo(page, destinationOf(page.form["next"]));
  const pending = await openPending(page.context.get("services"), visitor.principal.subject, sealed);
  if (!pending) throw new PageProblem("forbidden", { detail: page.texts.failure.expiredAction });
  return resume(page, visitor, pending);
};

export const takeFactor =
  (resume: Resume) =>
  async (page: PageCall): Promise<Response> => {
    const visitor = await visitorOf(page);
    if (!visitor) return toLogin(page);
    return serveVisitor(page, visitor, async () => {
      if (page.form["channel"] !== undefined) return sendCode(page, visitor);
      const verify: Operation = {
        method: "POST",
        path: "/twofa/auth/verify",
        token: visitor.token,
        json: proofIn(page.form),
      };
      const verified = await page.operate(verify, NOTHING);
      if (!verified.ok)
        return askForFactor(page, visitor, {
          hidden: hiddenOf(page),
          refusal: verified.error,
          sent: sentCode(page.form),
        });
      if (visitor.principal.acr === "aal1") await renewLogin(page);
      const raised = await visitorOf(page);
      return raised ? proceed(page, raised, resume) : toLogin(page);
    });
  };
