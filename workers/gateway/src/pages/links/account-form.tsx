/** The form for an account to which a link was mailed. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import type { LegalDocument } from "#shared/contracts/people.ts";
import { consentsOf, missingIn } from "../frame/consents.ts";
import { HOME } from "../frame/destination.ts";
import { type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { enterWith } from "../login/sign-up.tsx";
import { NewAccountForm } from "../views/new-account-form.tsx";

/** What a page knows of a link that leads to it. */
export interface LinkedAccount {
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

/** Whether no account can be created by the link. */
export const isOfNoUse = ({ isDead, refusal }: LinkedAccount): boolean =>
  isDead === true || refusal?.code === "link-refused";

/** `action`: the page that takes it. */
export const AccountForm: FC<LinkedAccount & { action: string; lead: string }> = (props) => {
  const { page, action, token, lead, invitedAs, refusal, missing } = props;
  return (
    <>
      <p class="lead">{lead}</p>
      <NewAccountForm
        page={page}
        action={action}
        hidden={{ token }}
        suggested={invitedAs}
        refusal={refusal}
        missing={missing}
      />
    </>
  );
};

type Show = (account: LinkedAccount, init?: { status?: number; headers?: Record<string, string> }) => Promise<Response>;

/** Who has the link is shown what it comes with; who has not learns nothing. Nothing is used up. */
export const openLink = async (page: PageCall, show: Show): Promise<Response> => {
  const { token = "" } = page.query;
  const invited = await page.context.get("services").kms.invitedAs(token);
  return invited.ok
    ? show({ page, token, invitedAs: invited.value ?? undefined })
    : show({ page, token, isDead: true });
};

/** Creates the account that the form says, and logs in with it; or shows the form again, with what is wrong. */
export const createAccount = async (page: PageCall, show: Show): Promise<Response> => {
  const { token = "", username = "", password = "" } = page.form;
  const missing = missingIn(page.installation.documents, page.form);
  if (missing.length > 0) return show({ page, token, missing }, { status: 422 });
  const json = { token, password, ...(username !== "" && { username }), ...consentsOf(page, page.form) };
  const accept = { method: "POST", path: "/kms/invitations/accept", json } as const;
  const accepted = await page.operate(accept, z.object({ username: z.string() }));
  if (!accepted.ok) return show({ page, token, refusal: accepted.error }, refusedForm(accepted.error));
  return enterWith(page, { username: accepted.value.username, password }, HOME);
};
