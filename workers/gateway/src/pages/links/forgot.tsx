/** Has a link and a code mailed to those who forgot their password, at `/account/forgot`. It says nothing of who has an account. */
import type { FC } from "hono/jsx";
import { NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse } from "../frame/response.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, Notice, RefusalNotice } from "../views/parts.tsx";
import { ResetForm } from "./reset-form.tsx";

export const FORGOT = "/account/forgot";

const ForgotPage: FC<{ page: PageCall; refusal?: Refusal | undefined }> = ({ page, refusal }) => {
  const { forgot, common } = page.texts;
  return (
    <Layout page={page} title={forgot.title} narrow>
      <h1>{forgot.title}</h1>
      <p class="lead">{forgot.lead}</p>
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <div class="card">
        <SafeForm page={page} action={FORGOT}>
          <Field
            name="login"
            label={forgot.login}
            value={page.form["login"]}
            autocomplete="username"
            error={faultOf(page, refusal, "login", "login")}
            autofocus
          />
          <button type="submit">{forgot.submit}</button>
        </SafeForm>
      </div>
      <p class="aside">
        <a href="/account/login">{common.logIn}</a>
      </p>
    </Layout>
  );
};

const SentPage: FC<{ page: PageCall; login: string }> = ({ page, login }) => {
  const { forgot } = page.texts;
  return (
    <Layout page={page} title={forgot.sentTitle} narrow>
      <h1>{forgot.sentTitle}</h1>
      <Notice kind="plain">{forgot.sent}</Notice>
      <div class="card">
        <h2>{forgot.codeTitle}</h2>
        <ResetForm page={page} proof={{ login }} />
      </div>
      <p class="aside">
        {forgot.nothing} <a href={FORGOT}>{forgot.again}</a>
      </p>
    </Layout>
  );
};

export const showForgot = (page: PageCall): Promise<Response> => htmlResponse(page, <ForgotPage page={page} />);

export const takeForgot = async (page: PageCall): Promise<Response> => {
  const login = page.form["login"] ?? "";
  const asked = await page.operate({ method: "POST", path: "/kms/password/forgot", json: { login } }, NOTHING);
  return asked.ok
    ? htmlResponse(page, <SentPage page={page} login={login} />)
    : htmlResponse(page, <ForgotPage page={page} refusal={asked.error} />, refusedForm(asked.error));
};
