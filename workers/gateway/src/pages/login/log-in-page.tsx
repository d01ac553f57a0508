/** The page to log in at. */
import type { FC } from "hono/jsx";
import type { GatewayServices } from "../../composition/services.ts";
import type { Refusal } from "../frame/operations.ts";
import type { Form, Reader } from "../frame/page-call.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, Notice, PasskeyParts, RefusalNotice } from "../views/parts.tsx";

export interface LoginView {
  /** Where to go then, or what to do. */
  hidden: Form;
  username?: string | undefined;
  /** It is asked for because something needs a fresh login. */
  isAgain?: boolean;
  refusal?: Refusal | undefined;
  /** By what it was refused. */
  isPasskey?: boolean;
  notice?: string | undefined;
}

const PATH = "/account/login";

const Refused: FC<{ page: Reader; view: LoginView }> = ({ page, view: { refusal, isPasskey } }) => {
  if (refusal === undefined) return null;
  const isPasskeyRefused = isPasskey === true && refusal.code !== "too-many-attempts" && refusal.code !== "unavailable";
  return (
    <RefusalNotice
      page={page}
      refusal={refusal}
      text={isPasskeyRefused ? page.texts.login.passkeyRefused : undefined}
    />
  );
};

const PasswordForm: FC<{ page: Reader; view: LoginView }> = ({ page, view: { hidden, username, refusal } }) => (
  <SafeForm page={page} action={PATH} hidden={hidden}>
    <Field
      name="username"
      label={page.texts.login.username}
      value={username}
      autocomplete="username webauthn"
      error={faultOf(page, refusal, "username", "login")}
      autofocus={username === undefined}
    />
    <Field
      name="password"
      type="password"
      label={page.texts.login.password}
      autocomplete="current-password"
      error={faultOf(page, refusal, "password", "password")}
      autofocus={username !== undefined}
    />
    <button type="submit">{page.texts.login.submit}</button>
    <a href="/account/forgot">{page.texts.login.forgot}</a>
  </SafeForm>
);

/** What one can do at this installation. */
type Offered = Pick<GatewayServices, "registration" | "signInMethods">;

export const LoginPage: FC<{ page: Reader; view: LoginView; offered: Offered }> = ({ page, view, offered }) => {
  const { texts } = page;
  const { hidden, isAgain, notice } = view;
  const { registration, signInMethods } = offered;
  const hasPassword = signInMethods.has("password");
  const title = isAgain ? texts.login.again : texts.login.title;
  return (
    <Layout page={page} title={title} narrow>
      <h1>{title}</h1>
      {isAgain && <p class="lead">{texts.login.againWhy}</p>}
      {notice && <Notice kind="plain">{notice}</Notice>}
      <Refused page={page} view={view} />
      <div class="card">
        {hasPassword && <PasswordForm page={page} view={view} />}
        {signInMethods.has("passkey") && (
          <div data-passkey-only hidden>
            {hasPassword && <p class="or">{texts.login.or}</p>}
            <SafeForm page={page} action={PATH} hidden={hidden} ceremony="log-in">
              <PasskeyParts page={page} label={texts.login.passkey} quiet={hasPassword} />
            </SafeForm>
          </div>
        )}
        {signInMethods.has("passkey") && (
          <noscript>
            <p class="hint">{texts.common.noScript}</p>
          </noscript>
        )}
      </div>
      {isAgain && (
        <p class="aside">
          <a href="/account">{texts.common.cancel}</a>
        </p>
      )}
      {registration !== "closed" && !isAgain && (
        <p class="aside">
          {texts.login.noAccount} <a href="/account/sign-up">{texts.login.signUp}</a>
        </p>
      )}
    </Layout>
  );
};

/** In the place of a login that no browser would keep. */
export const InsecurePage: FC<{ page: Reader }> = ({ page }) => (
  <Layout page={page} title={page.texts.login.title} narrow>
    <h1>{page.texts.login.title}</h1>
    <Notice kind="bad">{page.texts.login.insecure}</Notice>
  </Layout>
);
