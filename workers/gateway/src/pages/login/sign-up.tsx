/** Creates an account at `/account/sign-up`, where anyone may, and logs in with it. */
import type { FC, PropsWithChildren } from "hono/jsx";
import type { LegalDocument } from "#shared/contracts/people.ts";
import { consentsOf, missingIn } from "../frame/consents.ts";
import { HOME } from "../frame/destination.ts";
import { done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { keepLogin, loginTokens, visitorOf } from "../frame/visitor.ts";
import { Layout } from "../views/layout.tsx";
import { NewAccountForm } from "../views/new-account-form.tsx";
import { Field, faultOf, Notice } from "../views/parts.tsx";

const PATH = "/account/sign-up";

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
      <NewAccountForm page={page} action={PATH} refusal={refusal} missing={missing}>
        <Field
          name="email"
          type="email"
          label={page.texts.signUp.email}
          value={page.form["email"]}
          autocomplete="email"
          optional={page.texts.common.optional}
          error={faultOf(page, refusal, "email", "email")}
        />
      </NewAccountForm>
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
