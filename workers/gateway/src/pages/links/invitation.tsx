/** Creates the account that an invitation is for, at `/account/invitation`, and logs in. Opening the link uses nothing up. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import type { LegalDocument } from "#shared/contracts/people.ts";
import { consentsOf, missingIn } from "../frame/consents.ts";
import { HOME } from "../frame/destination.ts";
import { type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse } from "../frame/response.ts";
import { enterWith } from "../login/sign-up.tsx";
import { AccountConditions } from "../views/consent-boxes.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, NewPasswordField, Notice, RefusalNotice } from "../views/parts.tsx";

const INVITATION = "/account/invitation";

interface InvitationProps {
  page: PageCall;
  token: string;
  /** The username that it comes with. */
  invitedAs?: string | undefined;
  /** It is of no use. */
  isDead?: boolean;
  refusal?: Refusal | undefined;
  /** What was not agreed to in the form that was sent. */
  missing?: readonly LegalDocument[];
}

const AccountForm: FC<InvitationProps> = ({ page, token, invitedAs, refusal, missing = [] }) => {
  const { texts, form } = page;
  const isTaken = refusal?.code === "conflict";
  return (
    <>
      <p class="lead">{texts.invitation.lead}</p>
      {refusal && <RefusalNotice page={page} refusal={refusal} text={isTaken ? texts.signUp.taken : undefined} />}
      <div class="card">
        <SafeForm page={page} action={INVITATION} hidden={{ token }}>
          <Field
            name="username"
            label={texts.signUp.username}
            hint={invitedAs === undefined ? undefined : texts.invitation.usernameHint}
            value={form["username"] ?? invitedAs}
            autocomplete="username"
            error={faultOf(page, refusal, "username", "username")}
            autofocus
          />
          <NewPasswordField page={page} name="password" label={texts.signUp.password} refusal={refusal} />
          <AccountConditions page={page} missing={missing} />
          <button type="submit">{texts.signUp.submit}</button>
        </SafeForm>
      </div>
    </>
  );
};

const InvitationPage: FC<InvitationProps> = (props) => {
  const { page, refusal } = props;
  const { invitation, common } = page.texts;
  const isDead = props.isDead === true || refusal?.code === "link-refused";
  return (
    <Layout page={page} title={invitation.title} narrow>
      <h1>{invitation.title}</h1>
      {isDead ? <Notice kind="bad">{invitation.refused}</Notice> : <AccountForm {...props} />}
      <p class="aside">
        <a href="/account/login">{common.logIn}</a>
      </p>
    </Layout>
  );
};

const show = (page: PageCall, token: string, refusal?: Refusal): Promise<Response> =>
  htmlResponse(page, <InvitationPage page={page} token={token} refusal={refusal} />, refusedForm(refusal));

const askToAgree = (page: PageCall, token: string, missing: readonly LegalDocument[]): Promise<Response> =>
  htmlResponse(page, <InvitationPage page={page} token={token} missing={missing} />, { status: 422 });

/** Who has the link is shown what it comes with; who has not learns nothing. */
export const showInvitation = async (page: PageCall): Promise<Response> => {
  const { token = "" } = page.query;
  const invited = await page.context.get("services").kms.invitedAs(token);
  if (!invited.ok) return htmlResponse(page, <InvitationPage page={page} token={token} isDead />);
  return htmlResponse(page, <InvitationPage page={page} token={token} invitedAs={invited.value ?? undefined} />);
};

export const acceptInvitation = async (page: PageCall): Promise<Response> => {
  const { token = "", username = "", password = "" } = page.form;
  const missing = missingIn(page.installation.documents, page.form);
  if (missing.length > 0) return askToAgree(page, token, missing);
  const json = { token, password, ...(username !== "" && { username }), ...consentsOf(page, page.form) };
  const accept = { method: "POST", path: "/kms/invitations/accept", json } as const;
  const accepted = await page.operate(accept, z.object({ username: z.string() }));
  if (!accepted.ok) return show(page, token, accepted.error);
  return enterWith(page, { username: accepted.value.username, password }, HOME);
};
