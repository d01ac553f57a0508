/**
 * Signs up at `/account/sign-up` by mail: has a link mailed to an address, and creates the account under the link. It says nothing
 * of who has one. Opening the link uses nothing up.
 */
import type { FC } from "hono/jsx";
import { HOME } from "../frame/destination.ts";
import { NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { visitorOf } from "../frame/visitor.ts";
import { SignUpFrame } from "../login/sign-up.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, Notice, RefusalNotice } from "../views/parts.tsx";
import { AccountForm, createAccount, isOfNoUse, type LinkedAccount, openLink } from "./account-form.tsx";

const SIGN_UP = "/account/sign-up";

interface AddressProps {
  page: PageCall;
  refusal?: Refusal | undefined;
}

const AddressPage: FC<AddressProps> = ({ page, refusal }) => {
  const { signUpByMail, signUp } = page.texts;
  return (
    <SignUpFrame page={page}>
      <p class="lead">{signUpByMail.lead}</p>
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <div class="card">
        <SafeForm page={page} action={SIGN_UP}>
          <Field
            name="email"
            type="email"
            label={signUp.email}
            value={page.form["email"]}
            autocomplete="email"
            error={faultOf(page, refusal, "email", "email")}
            autofocus
          />
          <button type="submit">{signUpByMail.submit}</button>
        </SafeForm>
      </div>
    </SignUpFrame>
  );
};

/** The same for everyone: only the mail says whether there is an account. */
const SentPage: FC<{ page: PageCall; email: string }> = ({ page, email }) => {
  const { signUpByMail } = page.texts;
  return (
    <Layout page={page} title={signUpByMail.sentTitle} narrow>
      <h1>{signUpByMail.sentTitle}</h1>
      <Notice kind="plain">{signUpByMail.sent(email)}</Notice>
      <p class="aside">
        {signUpByMail.nothing} <a href={SIGN_UP}>{signUpByMail.again}</a>
      </p>
    </Layout>
  );
};

const AccountPage: FC<LinkedAccount> = (props) => {
  const { page } = props;
  const { signUpByMail } = page.texts;
  return (
    <SignUpFrame page={page}>
      {isOfNoUse(props) ? (
        <>
          <Notice kind="bad">{signUpByMail.refused}</Notice>
          <p>
            <a class="button" href={SIGN_UP}>
              {signUpByMail.again}
            </a>
          </p>
        </>
      ) : (
        <AccountForm {...props} action={SIGN_UP} lead={signUpByMail.accountLead} />
      )}
    </SignUpFrame>
  );
};

const askForAddress = (page: PageCall, refusal?: Refusal): Promise<Response> =>
  htmlResponse(page, <AddressPage page={page} refusal={refusal} />, refusedForm(refusal));

export const showSignUpByMail = async (page: PageCall): Promise<Response> => {
  if (page.query["token"] !== undefined)
    return openLink(page, (account) => htmlResponse(page, <AccountPage {...account} />));
  return (await visitorOf(page)) ? redirect(page, HOME) : askForAddress(page);
};

export const signUpByMail = async (page: PageCall): Promise<Response> => {
  const { token, email = "" } = page.form;
  if (token !== undefined)
    return createAccount(page, (account, init) => htmlResponse(page, <AccountPage {...account} />, init));
  const asked = await page.operate({ method: "POST", path: "/kms/sign-up", json: { email } }, NOTHING);
  return asked.ok ? htmlResponse(page, <SentPage page={page} email={email} />) : askForAddress(page, asked.error);
};

/** Whether the page is that of signing up by mail: it is the only way, or the link of such a mail was opened. */
export const isByMail = ({ context, query, form }: PageCall): boolean => {
  const { registration } = context.get("services");
  return registration === "email" || (registration === "open" && (query["token"] ?? form["token"]) !== undefined);
};
