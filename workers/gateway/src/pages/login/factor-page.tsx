/** The page that asks for a second factor. */
import type { FC } from "hono/jsx";
import type { ShownFactor } from "../frame/factors.ts";
import type { Refusal } from "../frame/operations.ts";
import type { Form, Reader } from "../frame/page-call.ts";
import { PENDING_FIELD } from "../frame/pending.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { CodeField, Field, faultOf, Notice, PasskeyParts, RefusalNotice } from "../views/parts.tsx";

/** A code that is on its way. */
export interface SentCode {
  challengeId: string;
  destination: string;
}

interface FactorProps {
  page: Reader;
  question: { hidden: Form; refusal?: Refusal | undefined; sent?: SentCode | undefined };
  factors: readonly ShownFactor[];
  /** For the visitor's passkeys. */
  options: string | undefined;
}

const PATH = "/account/second-factor";
const MAX_CODE_CHARACTERS = 64;

const CodeForm: FC<Omit<FactorProps, "options" | "factors"> & { label: string; isFirst: boolean }> = (props) => {
  const { page, question, label, isFirst } = props;
  const { hidden, sent, refusal } = question;
  return (
    <SafeForm page={page} action={PATH} hidden={{ ...hidden, ...sent }}>
      <CodeField
        label={label}
        maxlength={MAX_CODE_CHARACTERS}
        error={faultOf(page, refusal, "code", "code")}
        autofocus={isFirst}
      />
      <button type="submit">{page.texts.factor.appSubmit}</button>
    </SafeForm>
  );
};

const Ways: FC<FactorProps> = ({ page, question, factors, options }) => {
  const { texts } = page;
  const { hidden, sent } = question;
  const sending = factors.filter(({ type }) => type === "email" || type === "sms");
  const hasApp = factors.some(({ type }) => type === "totp");
  const label = sent ? texts.factor.sent(sent.destination) : texts.factor.app;
  return (
    <div class="card">
      {options !== undefined && (
        <div data-passkey-only hidden>
          <SafeForm page={page} action={PATH} hidden={hidden} ceremony="authenticate" options={options}>
            <PasskeyParts page={page} label={texts.factor.passkey} />
          </SafeForm>
          {(hasApp || sending.length > 0) && <p class="or">{texts.login.or}</p>}
        </div>
      )}
      {(hasApp || sent) && <CodeForm page={page} question={question} label={label} isFirst />}
      {sending.map(({ factorId, type, name, destination }) => (
        <>
          {(hasApp || sent) && <p class="or">{texts.login.or}</p>}
          <SafeForm page={page} action={PATH} hidden={{ ...hidden, channel: type, factorId }}>
            <button type="submit" class="quiet">
              {texts.factor.send(name, destination ?? "")}
            </button>
          </SafeForm>
        </>
      ))}
    </div>
  );
};

const Recovery: FC<{ page: Reader; hidden: Form }> = ({ page, hidden }) => (
  <details class="card">
    <summary>{page.texts.factor.recoverySummary}</summary>
    <SafeForm page={page} action={PATH} hidden={hidden}>
      <Field name="recoveryCode" label={page.texts.factor.recovery} code="text" maxlength={MAX_CODE_CHARACTERS} />
      <button type="submit" class="quiet">
        {page.texts.factor.recoverySubmit}
      </button>
    </SafeForm>
  </details>
);

export const FactorPage: FC<FactorProps> = (props) => {
  const { page, question, factors } = props;
  const { texts } = page;
  const isForAction = PENDING_FIELD in question.hidden;
  return (
    <Layout page={page} title={texts.factor.title} narrow>
      <h1>{texts.factor.title}</h1>
      <p class="lead">{isForAction ? texts.factor.leadForAction : texts.factor.lead}</p>
      {question.refusal && <RefusalNotice page={page} refusal={question.refusal} />}
      {factors.length === 0 ? (
        <Notice kind="bad">
          {texts.factor.none} <a href="/account/security">{texts.nav.security}</a>
        </Notice>
      ) : (
        <>
          <Ways {...props} />
          <Recovery page={page} hidden={question.hidden} />
        </>
      )}
      {isForAction ? (
        <p class="aside">
          <a href="/account">{texts.common.cancel}</a>
        </p>
      ) : (
        <SafeForm page={page} action="/account/logout" class="aside">
          <button type="submit" class="link">
            {texts.common.logOut}
          </button>
        </SafeForm>
      )}
    </Layout>
  );
};
