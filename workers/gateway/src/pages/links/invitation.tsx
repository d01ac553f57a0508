/** Creates the account that an invitation is for, at `/account/invitation`, and logs in. Opening the link uses nothing up. */
import type { FC } from "hono/jsx";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse } from "../frame/response.ts";
import { Layout } from "../views/layout.tsx";
import { Notice } from "../views/parts.tsx";
import { AccountForm, createAccount, isOfNoUse, type LinkedAccount, openLink } from "./account-form.tsx";

const InvitationPage: FC<LinkedAccount> = (props) => {
  const { page } = props;
  const { invitation, common } = page.texts;
  return (
    <Layout page={page} title={invitation.title} narrow>
      <h1>{invitation.title}</h1>
      {isOfNoUse(props) ? (
        <Notice kind="bad">{invitation.refused}</Notice>
      ) : (
        <AccountForm {...props} action="/account/invitation" lead={invitation.lead} />
      )}
      <p class="aside">
        <a href="/account/login">{common.logIn}</a>
      </p>
    </Layout>
  );
};

export const showInvitation = (page: PageCall): Promise<Response> =>
  openLink(page, (account) => htmlResponse(page, <InvitationPage {...account} />));

export const acceptInvitation = (page: PageCall): Promise<Response> =>
  createAccount(page, (account, init) => htmlResponse(page, <InvitationPage {...account} />, init));
