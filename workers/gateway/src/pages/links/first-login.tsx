/**
 * Logs the first administrator in at `/account/first-login`, with a password of their choice, by the link that a start has shown
 * on its terminal. Opening it uses nothing up.
 */
import type { FC } from "hono/jsx";
import { destinationOf } from "../frame/destination.ts";
import { NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { keepLogin, loginTokens, visitorOf } from "../frame/visitor.ts";
import { beginLogin, keepsCookies } from "../login/log-in.tsx";
import { InsecurePage } from "../login/log-in-page.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, NewPasswordField, Notice, RefusalNotice } from "../views/parts.tsx";

const PATH = "/account/first-login";
/** Where a new installation has something to do. */
const AFTERWARDS = "/console";

interface FirstLoginProps {
  page: Reader;
  token: string;
  /** Whose first login it is; absent where the link is of no use. */
  username?: string | undefined;
  refusal?: Refusal | undefined;
}

const FirstLoginForm: FC<FirstLoginProps> = ({ page, token, username, refusal }) => (
  <>
    <p class="lead">{page.texts.firstLogin.lead}</p>
    {refusal && <RefusalNotice page={page} refusal={refusal} />}
    <div class="card">
      <SafeForm page={page} action={PATH} hidden={{ token }}>
        <Field
          name="username"
          label={page.texts.login.username}
          value={username}
          autocomplete="username"
          readonly={true}
        />
        <NewPasswordField
          page={page}
          name="newPassword"
          label={page.texts.login.password}
          refusal={refusal}
          autofocus={true}
        />
        <button type="submit">{page.texts.firstLogin.submit}</button>
      </SafeForm>
    </div>
  </>
);

const FirstLoginPage: FC<FirstLoginProps> = (props) => {
  const { page, username } = props;
  const { firstLogin, common } = page.texts;
  const title = username === undefined ? firstLogin.deadTitle : firstLogin.title(page.installation.name);
  return (
    <Layout page={page} title={title} narrow>
      <h1>{title}</h1>
      {username === undefined ? (
        <>
          <Notice kind="bad">{firstLogin.refused}</Notice>
          <p>
            <a class="button" href="/account/login">
              {common.logIn}
            </a>
          </p>
        </>
      ) : (
        <FirstLoginForm {...props} />
      )}
    </Layout>
  );
};

const show = (props: FirstLoginProps & { page: PageCall }): Promise<Response> =>
  htmlResponse(props.page, <FirstLoginPage {...props} />, refusedForm(props.refusal));

/** Whose first login it is, as far as the link is of any use. */
const usernameFor = async ({ context }: PageCall, token: string): Promise<string | undefined> => {
  const found = await context.get("services").kms.firstLoginAs(token);
  return found.ok ? found.value : undefined;
};

const insecure = (page: PageCall): Promise<Response> => htmlResponse(page, <InsecurePage page={page} />);

export const showFirstLogin = async (page: PageCall): Promise<Response> => {
  if (!keepsCookies(page)) return insecure(page);
  const { token = "" } = page.query;
  const username = await usernameFor(page, token);
  // Who opens the link again after using it has come to the same place by another way.
  if (username === undefined && (await visitorOf(page))) return redirect(page, destinationOf(AFTERWARDS));
  return show({ page, token, username });
};

/** Chooses the password, which uses the link up, and logs in with it. */
export const takeFirstLogin = async (page: PageCall): Promise<Response> => {
  if (!keepsCookies(page)) return insecure(page);
  const { token = "", newPassword = "" } = page.form;
  const username = await usernameFor(page, token);
  if (username === undefined) return show({ page, token });
  const reset = { method: "POST", path: "/kms/password/reset", json: { token, newPassword } } as const;
  const chosen = await page.operate(reset, NOTHING);
  if (!chosen.ok) {
    const isUsed = chosen.error.code === "link-refused";
    return show({ page, token, username: isUsed ? undefined : username, refusal: chosen.error });
  }
  const login = { method: "POST", path: "/kms/login", json: { username, password: newPassword } } as const;
  const tokens = await page.operate(login, loginTokens);
  const next = destinationOf(AFTERWARDS);
  // The password is chosen all the same: it can be entered again.
  if (!tokens.ok)
    return beginLogin({ ...page, path: "/account/login" }, { hidden: { next }, username, refusal: tokens.error });
  await keepLogin(page, tokens.value);
  return redirect(page, next);
};
