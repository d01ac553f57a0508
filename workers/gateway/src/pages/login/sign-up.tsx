/** Creates an account at `/account/sign-up`, where anyone may, and logs in with it. */
import type { FC, PropsWithChildren } from "hono/jsx";
import type { LegalDocument } from "#shared/contracts/people.ts";
import { consentsOf, missingIn } from "../frame/consents.ts";
import { HOME } from "../frame/destination.ts";
import { done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { keepLogin, loginTokens, visitorOf } from "../frame/visitor.ts";
import { AccountConditions } from "../views/consent-boxes.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, NewPasswordField, Notice, RefusalNotice } from "../views/parts.tsx";

const PATH = "/account/sign-up";

interface SignUpProps {
  page: PageCall;
  refusal?: Refusal | undefined;
  /** What was not agreed to in the form that was sent. */
  missing: readonly LegalDocument[];
}

const SignUpForm: FC<SignUpProps> = ({ page, refusal, missing }) => {
  const { texts, form } = page;
  const text = refusal?.code === "conflict" ? texts.signUp.taken : undefined;
  return (
    <>
      {refusal && <RefusalNotice page={page} refusal={refusal} text={text} />}
      <div class="card">
        <SafeForm page={page} action={PATH}>
          <Field
            name="username"
            label={texts.signUp.username}
            value={form["username"]}
            autocomplete="username"
            error={faultOf(page, refusal, "username", "username")}
            autofocus
          />
          <Field
            name="email"
            type="email"
            label={texts.signUp.email}
            value={form["email"]}
            autocomplete="email"
            optional={texts.common.optional}
            error={faultOf(page, refusal, "email", "email")}
          />
          <NewPasswordField page={page} name="password" label={texts.signUp.password} refusal={refusal} />
          <AccountConditions page={page} missing={missing} />
          <button type="submit">{texts.signUp.submit}</button>
        </SafeForm>
      </div>
    </>
  );
};

/** What stands around the forms by which one signs up. */
export const SignUpFrame: FC<PropsWithChildren<{ page: Reader; isOpen?: boolean }>> = (props) => {
  const { page, isOpen = true, children } = props;
  const { signUp, common } = page.texts;
  return (
    <Layout page={page} title={signUp.title} narrow>
      <h1>{signUp.title}</h1>
      {isOpen ? children : <Notice kind="plain">{signUp.closed}</Notice>}
      <p class="aside">
        {isOpen && signUp.haveAccount} <a href="/account/login">{common.logIn}</a>
      </p>
    </Layout>
  );
};

const show = (page: PageCall, refusal?: Refusal, missing: readonly LegalDocument[] = []): Promise<Response> => {
  const isOpen = page.context.get("services").registration === "open";
  const html = (
    <SignUpFrame page={page} isOpen={isOpen}>
      <SignUpForm page={page} refusal={refusal} missing={missing} />
    </SignUpFrame>
  );
  return htmlResponse(page, html, missing.length > 0 ? { status: 422 } : refusedForm(refusal));
};

export const showSignUp = async (page: PageCall): Promise<Response> =>
  (await visitorOf(page)) ? redirect(page, HOME) : show(page);

/** Logs in with an account that was just created, and leads to a page. */
export const enterWith = async (
  page: PageCall,
  account: { username: string; password: string },
  to: string,
): Promise<Response> => {
  const login = { method: "POST", path: "/kms/login", json: account } as const;
  await keepLogin(page, done(await page.operate(login, loginTokens)));
  return redirect(page, to);
};

export const signUp = async (page: PageCall): Promise<Response> => {
  const { username = "", email = "", password = "" } = page.form;
  const missing = missingIn(page.installation.documents, page.form);
  if (missing.length > 0) return show(page, undefined, missing);
  const json = { username, password, ...(email !== "" && { email }), ...consentsOf(page, page.form) };
  const registered = await page.operate({ method: "POST", path: "/kms/register", json }, NOTHING);
  if (!registered.ok) return show(page, registered.error);
  return enterWith(page, { username, password }, email === "" ? HOME : "/account/verify-email?done=sent");
};
