/** A visitor's address of mail at `/account/verify-email`: verified by a link or a code, and changed. Opening the link uses nothing up. */
import type { FC } from "hono/jsx";
import { type Profile, profileOf } from "../account/profile.tsx";
import { attempted, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { CodeField, EmailState, Field, faultOf, Notice, RefusalNotice } from "../views/parts.tsx";

export const EMAIL = "/account/verify-email";

const MAX_CODE_CHARACTERS = 32;

interface EmailProps {
  page: PageCall;
  profile: Profile;
  refusal?: Refusal | undefined;
}

/** Under the address of a link, which is used up by this form alone. */
const LinkForm: FC<{ page: Reader; token: string }> = ({ page, token }) => (
  <section class="card">
    <p>{page.texts.email.linkWhy}</p>
    <SafeForm page={page} action={EMAIL} hidden={{ token }}>
      <button type="submit">{page.texts.email.confirm}</button>
    </SafeForm>
  </section>
);

const CodeForm: FC<{ page: Reader; refusal: Refusal | undefined }> = ({ page, refusal }) => (
  <section class="card">
    <h2>{page.texts.email.codeTitle}</h2>
    <p class="hint">{page.texts.email.codeWhy}</p>
    <SafeForm page={page} action={EMAIL}>
      <CodeField
        label={page.texts.email.code}
        maxlength={MAX_CODE_CHARACTERS}
        error={faultOf(page, refusal, "code", "code")}
      />
      <button type="submit">{page.texts.email.confirm}</button>
    </SafeForm>
  </section>
);

const AddressForm: FC<EmailProps> = ({ page, profile, refusal }) => {
  const { email } = page.texts;
  const isMissing = profile.email === null || profile.emailVerified;
  const changeTitle = profile.email === null ? email.add : email.changeTitle;
  const title = isMissing ? changeTitle : email.sendTitle;
  return (
    <section class="card">
      <h2>{title}</h2>
      <p class="hint">{email.changeWhy}</p>
      <SafeForm page={page} action={EMAIL}>
        <Field
          name="email"
          type="email"
          label={page.texts.profile.email}
          value={page.form["email"] ?? (isMissing ? undefined : (profile.email ?? undefined))}
          autocomplete="email"
          error={faultOf(page, refusal, "email", "email")}
        />
        <button type="submit" class="quiet">
          {email.send}
        </button>
      </SafeForm>
    </section>
  );
};

const EmailPage: FC<EmailProps> = (props) => {
  const { page, profile, refusal } = props;
  const { email, profile: texts } = page.texts;
  const { token, done } = page.query;
  const isAwaited = done === "sent" || refusal !== undefined || (profile.email !== null && !profile.emailVerified);
  return (
    <Layout page={page} title={email.title} current="/account">
      <h1>{email.title}</h1>
      <p class="lead">
        {profile.email ?? texts.noEmail} {profile.email !== null && <EmailState page={page} profile={profile} />}
      </p>
      {done === "sent" && <Notice>{email.sent}</Notice>}
      {refusal && (
        <RefusalNotice
          page={page}
          refusal={refusal}
          text={refusal.code === "link-refused" ? email.refused : undefined}
        />
      )}
      {token !== undefined && <LinkForm page={page} token={token} />}
      {token === undefined && isAwaited && <CodeForm page={page} refusal={refusal} />}
      <AddressForm {...props} />
      <p>
        <a href="/account">{page.texts.common.back}</a>
      </p>
    </Layout>
  );
};

export const showEmail = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const profile = await profileOf(page, visitor);
  return htmlResponse(page, <EmailPage page={page} profile={profile} refusal={refusal} />, refusedForm(refusal));
};

/** Mails a link and a code to an address. */
const request: VisitorHandle = async (page, visitor) => {
  const json = { email: page.form["email"] ?? "" };
  const asked = attempted(
    await page.operate({ method: "PUT", path: "/kms/me/email", token: visitor.token, json }, NOTHING),
  );
  return asked.ok ? redirect(page, `${EMAIL}?done=sent`) : showEmail(page, visitor, asked.error);
};

const verify: VisitorHandle = async (page, visitor) => {
  const { token, code = "" } = page.form;
  const json = token === undefined ? { code } : { token };
  const verified = attempted(
    await page.operate({ method: "POST", path: "/kms/me/email/verify", token: visitor.token, json }, NOTHING),
  );
  return verified.ok ? redirect(page, "/account?done=email") : showEmail(page, visitor, verified.error);
};

export const changeEmail: VisitorHandle = (page, visitor) =>
  page.form["email"] === undefined ? verify(page, visitor) : request(page, visitor);
