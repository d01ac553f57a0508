/** The form by which people create an account of theirs: on their own, or by a link that was mailed to them. */
import type { FC, PropsWithChildren } from "hono/jsx";
import type { LegalDocument } from "#shared/contracts/people.ts";
import type { Refusal } from "../frame/operations.ts";
import type { Form, PageCall } from "../frame/page-call.ts";
import { AccountConditions } from "./consent-boxes.tsx";
import { SafeForm } from "./layout.tsx";
import { Field, faultOf, NewPasswordField, RefusalNotice } from "./parts.tsx";

interface NewAccountFormProps {
  page: PageCall;
  /** The page that takes it. */
  action: string;
  hidden?: Form;
  /** A username that they may change. */
  suggested?: string | undefined;
  refusal?: Refusal | undefined;
  /** What was not agreed to in the form that was sent. */
  missing?: readonly LegalDocument[] | undefined;
}

/** `children`: further fields, after the username. */
export const NewAccountForm: FC<PropsWithChildren<NewAccountFormProps>> = (props) => {
  const { page, action, hidden = {}, suggested, refusal, missing = [], children } = props;
  const { signUp, invitation } = page.texts;
  const isTaken = refusal?.code === "conflict";
  return (
    <>
      {refusal && <RefusalNotice page={page} refusal={refusal} text={isTaken ? signUp.taken : undefined} />}
      <div class="card">
        <SafeForm page={page} action={action} hidden={hidden}>
          <Field
            name="username"
            label={signUp.username}
            hint={suggested === undefined ? undefined : invitation.usernameHint}
            value={page.form["username"] ?? suggested}
            autocomplete="username"
            error={faultOf(page, refusal, "username", "username")}
            autofocus
          />
          {children}
          <NewPasswordField page={page} name="password" label={signUp.password} refusal={refusal} />
          <AccountConditions page={page} missing={missing} />
          <button type="submit">{signUp.submit}</button>
        </SafeForm>
      </div>
    </>
  );
};
