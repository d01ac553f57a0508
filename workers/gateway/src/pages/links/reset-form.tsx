/** The form for a new password, by what was mailed. */
import type { FC } from "hono/jsx";
import type { Refusal } from "../frame/operations.ts";
import type { Form, Reader } from "../frame/page-call.ts";
import { SafeForm } from "../views/layout.tsx";
import { CodeField, Field, faultOf, NewPasswordField } from "../views/parts.tsx";

const RESET = "/account/reset";

interface ResetFormProps {
  page: Reader;
  /** The link's token; or the name that was asked with and the code, as far as they were entered. */
  proof: Form;
  refusal?: Refusal | undefined;
}

const MAX_CODE_CHARACTERS = 32;

const CodeFields: FC<ResetFormProps> = ({ page, proof: { login, code }, refusal }) => (
  <>
    <Field
      name="login"
      label={page.texts.forgot.login}
      value={login}
      autocomplete="username"
      error={faultOf(page, refusal, "login", "login")}
      autofocus={login === undefined}
    />
    <CodeField
      label={page.texts.reset.code}
      value={code}
      maxlength={MAX_CODE_CHARACTERS}
      error={faultOf(page, refusal, "code", "code")}
      autofocus={login !== undefined}
    />
  </>
);

export const ResetForm: FC<ResetFormProps> = (props) => {
  const { page, proof, refusal } = props;
  const { texts } = page;
  const hidden: Form = proof["token"] === undefined ? {} : { token: proof["token"] };
  return (
    <SafeForm page={page} action={RESET} hidden={hidden}>
      {proof["token"] === undefined && <CodeFields {...props} />}
      <NewPasswordField
        page={page}
        name="newPassword"
        label={texts.profile.next}
        refusal={refusal}
        autofocus={proof["token"] !== undefined}
      />
      <button type="submit">{texts.reset.submit}</button>
    </SafeForm>
  );
};
