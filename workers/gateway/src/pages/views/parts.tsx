/** Parts that several pages have. */
import type { FC, PropsWithChildren } from "hono/jsx";
import type { Refusal } from "../frame/operations.ts";
import type { Reader } from "../frame/page-call.ts";
import type { FaultTexts } from "../texts/faults.ts";

interface FieldProps {
  name: string;
  label: string;
  type?: "text" | "password" | "email" | "tel";
  value?: string | undefined;
  hint?: string | undefined;
  /** What is wrong with it. */
  error?: string | undefined;
  autocomplete?: string;
  optional?: string | undefined;
  readonly?: boolean;
  autofocus?: boolean;
  /** Digits that are read off elsewhere. */
  code?: "numeric" | "text";
  maxlength?: number;
}

/** An input with its label, hint and fault, each of which a screen reader finds. */
export const Field: FC<FieldProps> = ({ name, label, type = "text", hint, error, optional, code, ...input }) => {
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={name}>
        {label}
        {optional && <span class="optional"> ({optional})</span>}
      </label>
      <input
        id={name}
        name={name}
        type={type}
        value={input.value}
        required={optional === undefined}
        readonly={input.readonly}
        autocomplete={input.autocomplete ?? "off"}
        autofocus={input.autofocus}
        maxlength={input.maxlength}
        class={code && "code"}
        inputmode={code}
        autocapitalize={type === "text" ? "none" : undefined}
        aria-describedby={described || undefined}
        aria-invalid={error ? "true" : undefined}
      />
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  );
};

/** What has happened, read out at once. `bad`: what has not. */
export const Notice: FC<PropsWithChildren<{ kind?: "bad" | "plain" }>> = ({ kind, children }) => (
  <p class={`notice ${kind ?? ""}`} role={kind === "bad" ? "alert" : "status"}>
    {children}
  </p>
);

/** Whether mail to the address of an account is known to reach its owner. */
export const EmailState: FC<{ page: Reader; profile: { emailVerified: boolean } }> = ({ page, profile }) => {
  const { verified, unverified } = page.texts.email;
  return (
    <span class={profile.emailVerified ? "chip" : "chip bad"}>{profile.emailVerified ? verified : unverified}</span>
  );
};

/** A refusal in the words of the page; `text`: where the page knows better than its code. */
export const RefusalNotice: FC<{ page: Reader; refusal: Refusal; text?: string | undefined }> = ({
  page: { texts },
  refusal: { code, retryAfterSeconds },
  text,
}) => (
  <Notice kind="bad">
    {text ?? texts.problems[code]}
    {code === "too-many-attempts" && ` ${texts.failure.retry(retryAfterSeconds ?? 60)}`}
  </Notice>
);

/** The fault of a field: in the words for all rules of the field or, where English has none, in those of the API. */
export const faultOf = (
  { texts }: Reader,
  refusal: Refusal | undefined,
  field: string,
  kind: keyof FaultTexts,
): string | undefined => {
  const error = refusal?.errors.find(({ pointer }) => pointer === `#/${field}`);
  return error && (texts.faults[kind] ?? error.detail);
};

/** A password that is being chosen, which password managers offer to make up. */
export const NewPasswordField: FC<{
  page: Reader;
  name: string;
  label: string;
  refusal: Refusal | undefined;
  autofocus?: boolean;
}> = ({ page, refusal, ...input }) => (
  <Field
    type="password"
    hint={page.texts.signUp.passwordHint}
    autocomplete="new-password"
    error={faultOf(page, refusal, input.name, "newPassword")}
    {...input}
  />
);

/** A code that was sent, or that an app shows. */
export const CodeField: FC<{
  label: string;
  maxlength: number;
  value?: string | undefined;
  error: string | undefined;
  autofocus?: boolean;
}> = (props) => <Field name="code" code="numeric" autocomplete="one-time-code" {...props} />;

/** What a passkey is used by; the script shows it. */
export const PasskeyParts: FC<{ page: Reader; label: string; quiet?: boolean }> = ({ page, label, quiet }) => (
  <>
    <input type="hidden" name="credential" value="" />
    <input type="hidden" name="challengeId" value="" />
    <p class="error" role="alert" data-failed hidden>
      {page.texts.common.passkeyFailed}
    </p>
    <button type="submit" class={quiet ? "quiet" : undefined}>
      {label}
    </button>
  </>
);
