/** A visitor's profile at `/account`, and their password. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import { attempted, done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { EmailState, Field, faultOf, NewPasswordField, Notice, RefusalNotice } from "../views/parts.tsx";

const PATH = "/account";

const profileSchema = z.object({
  username: z.string(),
  email: z.string().nullable(),
  emailVerified: z.boolean(),
  roles: z.array(z.string()),
  createdAt: z.string(),
});

export type Profile = z.infer<typeof profileSchema>;

export const profileOf = async ({ operate }: PageCall, { token }: Visitor): Promise<Profile> =>
  done(await operate({ method: "GET", path: "/kms/me", token }, profileSchema));

interface ProfileProps {
  page: PageCall;
  profile: Profile;
  refusal?: Refusal | undefined;
}

const PasswordForm: FC<ProfileProps> = ({ page, profile, refusal }) => {
  const { texts } = page;
  const isWrong = refusal?.code === "login-refused";
  return (
    <section class="card">
      <h2>{texts.profile.passwordTitle}</h2>
      <p class="hint">{texts.profile.passwordNote}</p>
      {refusal && (
        <RefusalNotice page={page} refusal={refusal} text={isWrong ? texts.profile.passwordWrong : undefined} />
      )}
      <SafeForm page={page} action={PATH}>
        {/* For password managers, which have to know whose it is. */}
        <input type="text" name="username" value={profile.username} autocomplete="username" hidden readonly />
        <Field
          name="currentPassword"
          type="password"
          label={texts.profile.current}
          autocomplete="current-password"
          error={faultOf(page, refusal, "currentPassword", "password")}
        />
        <NewPasswordField page={page} name="newPassword" label={texts.profile.next} refusal={refusal} />
        <button type="submit">{texts.profile.passwordSubmit}</button>
      </SafeForm>
    </section>
  );
};

const ProfilePage: FC<ProfileProps> = (props) => {
  const { page, profile } = props;
  const { texts } = page;
  const notices: Record<string, string> = { password: texts.profile.passwordDone, email: texts.email.done };
  const done = notices[page.query["done"] ?? ""];
  return (
    <Layout page={page} title={texts.profile.title} current={PATH}>
      <h1>{texts.profile.title}</h1>
      {done !== undefined && <Notice>{done}</Notice>}
      <section class="card">
        <dl>
          <dt>{texts.profile.username}</dt>
          <dd>{profile.username}</dd>
          <dt>{texts.profile.email}</dt>
          <dd>
            {profile.email ?? texts.profile.noEmail}{" "}
            {profile.email !== null && <EmailState page={page} profile={profile} />}
            <br />
            <a href="/account/verify-email">{profile.email === null ? texts.email.add : texts.email.manage}</a>
          </dd>
          <dt>{texts.profile.roles}</dt>
          <dd>{profile.roles.join(", ")}</dd>
          <dt>{texts.profile.since}</dt>
          <dd>{texts.instant(profile.createdAt)}</dd>
        </dl>
      </section>
      <PasswordForm {...props} />
    </Layout>
  );
};

export const showProfile = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const profile = await profileOf(page, visitor);
  return htmlResponse(page, <ProfilePage page={page} profile={profile} refusal={refusal} />, refusedForm(refusal));
};

export const changePassword = async (page: PageCall, visitor: Visitor): Promise<Response> => {
  const { currentPassword = "", newPassword = "" } = page.form;
  const json = { currentPassword, newPassword };
  const change = { method: "PUT", path: "/kms/me/password", token: visitor.token, json } as const;
  const changed = attempted(await page.operate(change, NOTHING));
  return changed.ok ? redirect(page, `${PATH}?done=password`) : showProfile(page, visitor, changed.error);
};
