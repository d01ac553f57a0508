/** A visitor's second factors at `/account/security`: shown, added in two steps, and removed. */
import { z } from "zod";
import type { Result } from "#shared/lang/result.ts";
import { factorsOf } from "../frame/factors.ts";
import { attempted, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { type Html, htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { proofOf } from "../login/log-in.tsx";
import { CodePage, PasskeyPage, RecoveryPage, SECURITY, TotpPage } from "./enrolment.tsx";
import { SecurityPage } from "./security-page.tsx";

export const showSecurity = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const factors = await factorsOf(page, visitor);
  return htmlResponse(page, <SecurityPage page={page} factors={factors} refusal={refusal} />, refusedForm(refusal));
};

/** Calls an operation of twofa, or throws where the visitor has to confirm who they are. */
const call = async <Value,>(
  page: PageCall,
  { token }: Visitor,
  { method = "POST", path, json }: { method?: "POST" | "DELETE"; path: string; json?: object },
  schema: z.ZodType<Value>,
): Promise<Result<Value, Refusal>> =>
  attempted(await page.operate({ method, path: `/twofa${path}`, token, ...(json !== undefined && { json }) }, schema));

const totpSchema = z.object({ factorId: z.string(), secret: z.string(), qrSvg: z.string() });
const destinationSchema = z.object({ factorId: z.string(), destination: z.string() });
const codesSchema = z.object({ recoveryCodes: z.array(z.string()) });
const optionsSchema = z.looseObject({ challengeId: z.string() });

const addTotp: VisitorHandle = async (page, visitor) => {
  const begun = await call(page, visitor, { path: "/factors/totp", json: {} }, totpSchema);
  if (!begun.ok) return showSecurity(page, visitor, begun.error);
  return htmlResponse(page, <TotpPage page={page} step={begun.value} />);
};

const askForPasskey = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const begun = await call(page, visitor, { path: "/factors/webauthn/options", json: {} }, optionsSchema);
  if (!begun.ok) return showSecurity(page, visitor, begun.error);
  const options = JSON.stringify(begun.value);
  return htmlResponse(page, <PasskeyPage page={page} options={options} refusal={refusal} />, refusedForm(refusal));
};

const addDestination =
  (path: string, field: string): VisitorHandle =>
  async (page, visitor) => {
    const json = { [field]: page.form[field] ?? "" };
    const begun = await call(page, visitor, { path, json }, destinationSchema);
    if (!begun.ok) return showSecurity(page, visitor, begun.error);
    const { factorId, destination } = begun.value;
    return htmlResponse(page, <CodePage page={page} step={{ factorId, destination }} />);
  };

/** Shows the recovery codes that a first factor comes with, or asks again with what `again` shows. */
const confirmed = async (
  page: PageCall,
  visitor: Visitor,
  result: Result<z.infer<typeof codesSchema>, Refusal>,
  again: (refusal: Refusal) => Html,
): Promise<Response> => {
  if (!result.ok) return htmlResponse(page, again(result.error), refusedForm(result.error));
  const { recoveryCodes } = result.value;
  if (recoveryCodes.length === 0) return redirect(page, `${SECURITY}?done=added`);
  const isFirst = visitor.principal.acr === "aal1";
  return htmlResponse(page, <RecoveryPage page={page} codes={recoveryCodes} isFirst={isFirst} />);
};

const confirmTotp: VisitorHandle = async (page, visitor) => {
  const { factorId = "", code = "", secret = "" } = page.form;
  const result = await call(page, visitor, { path: "/factors/totp/confirm", json: { factorId, code } }, codesSchema);
  return confirmed(page, visitor, result, (refusal) => (
    <TotpPage page={page} step={{ factorId, secret }} refusal={refusal} />
  ));
};

const confirmCode: VisitorHandle = async (page, visitor) => {
  const { factorId = "", code = "", destination = "" } = page.form;
  const path = `/factors/${encodeURIComponent(factorId)}/confirm`;
  const result = await call(page, visitor, { path, json: { code } }, codesSchema);
  return confirmed(page, visitor, result, (refusal) => (
    <CodePage page={page} step={{ factorId, destination }} refusal={refusal} />
  ));
};

const confirmPasskey: VisitorHandle = async (page, visitor) => {
  const json = { ...proofOf(page.form), name: page.form["name"] ?? "" };
  const result = await call(page, visitor, { path: "/factors/webauthn", json }, codesSchema);
  if (!result.ok) return askForPasskey(page, visitor, result.error);
  return confirmed(page, visitor, result, () => <></>);
};

const remove: VisitorHandle = async (page, visitor) => {
  const path = `/factors/${encodeURIComponent(page.form["factorId"] ?? "")}`;
  const removed = await call(page, visitor, { method: "DELETE", path }, NOTHING);
  return removed.ok ? redirect(page, `${SECURITY}?done=removed`) : showSecurity(page, visitor, removed.error);
};

const newRecoveryCodes: VisitorHandle = async (page, visitor) => {
  const created = await call(page, visitor, { path: "/recovery-codes" }, codesSchema);
  if (!created.ok) return showSecurity(page, visitor, created.error);
  return htmlResponse(page, <RecoveryPage page={page} codes={created.value.recoveryCodes} isFirst={false} />);
};

const ACTIONS = new Map<string | undefined, VisitorHandle>([
  ["add-totp", addTotp],
  ["confirm-totp", confirmTotp],
  ["add-passkey", (page, visitor) => askForPasskey(page, visitor)],
  ["confirm-passkey", confirmPasskey],
  ["add-email", addDestination("/factors/email", "address")],
  ["add-sms", addDestination("/factors/sms", "phone")],
  ["confirm-code", confirmCode],
  ["remove", remove],
  ["new-recovery-codes", newRecoveryCodes],
]);

export const changeFactors: VisitorHandle = async (page, visitor) => {
  const handle = ACTIONS.get(page.form["action"]);
  return handle ? handle(page, visitor) : redirect(page, SECURITY);
};
