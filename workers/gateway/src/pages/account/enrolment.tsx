/** The steps in which a second factor is added: what was begun, and the form that confirms it. */
import type { FC } from "hono/jsx";
import type { Refusal } from "../frame/operations.ts";
import type { Reader } from "../frame/page-call.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { CodeField, Field, faultOf, PasskeyParts, RefusalNotice } from "../views/parts.tsx";

export const SECURITY = "/account/security";
const MAX_NAME_CHARACTERS = 64;
const MAX_CODE_CHARACTERS = 64;

interface StepProps {
  page: Reader;
  refusal?: Refusal | undefined;
}

const Cancel: FC<{ page: Reader }> = ({ page }) => (
  <p>
    <a href={SECURITY}>{page.texts.common.cancel}</a>
  </p>
);

const StepCodeField: FC<StepProps> = ({ page, refusal }) => (
  <CodeField
    label={page.texts.security.code}
    maxlength={MAX_CODE_CHARACTERS}
    error={faultOf(page, refusal, "code", "code")}
    autofocus
  />
);

/** What an authenticator app is set up with; `qrSvg` is shown only at first. */
export interface TotpStep {
  factorId: string;
  secret: string;
  qrSvg?: string | undefined;
}

const inGroups = (secret: string): string => secret.replace(/.{4}(?=.)/g, "$& ");

export const TotpPage: FC<StepProps & { step: TotpStep }> = ({ page, step, refusal }) => {
  const { texts } = page;
  const { factorId, secret, qrSvg } = step;
  return (
    <Layout page={page} title={texts.security.addTotp} current={SECURITY}>
      <h1>{texts.security.addTotp}</h1>
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <p>{texts.security.scan}</p>
        {qrSvg && (
          <p>
            <img class="qr" alt={texts.security.qr} src={`data:image/svg+xml,${encodeURIComponent(qrSvg)}`} />
          </p>
        )}
        <p>
          {texts.security.secret} <br />
          <span class="secret">{inGroups(secret)}</span>
        </p>
        <SafeForm page={page} action={SECURITY} hidden={{ action: "confirm-totp", factorId, secret }}>
          <StepCodeField page={page} refusal={refusal} />
          <button type="submit">{texts.security.confirm}</button>
        </SafeForm>
      </section>
      <Cancel page={page} />
    </Layout>
  );
};

/** A code that was sent to a new address or phone. */
export interface CodeStep {
  factorId: string;
  destination: string;
}

export const CodePage: FC<StepProps & { step: CodeStep }> = ({ page, step, refusal }) => {
  const { texts } = page;
  return (
    <Layout page={page} title={texts.security.code} current={SECURITY}>
      <h1>{texts.security.code}</h1>
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <p>{texts.security.confirmSent(step.destination)}</p>
        <SafeForm page={page} action={SECURITY} hidden={{ action: "confirm-code", ...step }}>
          <StepCodeField page={page} refusal={refusal} />
          <button type="submit">{texts.security.confirm}</button>
        </SafeForm>
      </section>
      <Cancel page={page} />
    </Layout>
  );
};

/** `options`: for the browser, as JSON. */
export const PasskeyPage: FC<StepProps & { options: string }> = ({ page, options, refusal }) => {
  const { texts } = page;
  return (
    <Layout page={page} title={texts.security.addPasskey} current={SECURITY}>
      <h1>{texts.security.addPasskey}</h1>
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <noscript>
          <p>{texts.common.noScript}</p>
        </noscript>
        <div data-passkey-only hidden>
          <p>{texts.security.createPasskeyWhy}</p>
          <SafeForm
            page={page}
            action={SECURITY}
            hidden={{ action: "confirm-passkey" }}
            ceremony="register"
            options={options}
          >
            <Field
              name="name"
              label={texts.security.name}
              value={texts.security.types.webauthn}
              maxlength={MAX_NAME_CHARACTERS}
              error={faultOf(page, refusal, "name", "name")}
              autofocus
            />
            <PasskeyParts page={page} label={texts.security.createPasskey} />
          </SafeForm>
        </div>
      </section>
      <Cancel page={page} />
    </Layout>
  );
};

interface RecoveryProps {
  page: Reader;
  codes: readonly string[];
  /** The session has not passed the factor that they come with. */
  isFirst: boolean;
}

export const RecoveryPage: FC<RecoveryProps> = ({ page, codes, isFirst }) => {
  const { texts } = page;
  const file = `data:text/plain;charset=utf-8,${encodeURIComponent(`${codes.join("\n")}\n`)}`;
  return (
    <Layout page={page} title={texts.security.recoveryTitle} current={SECURITY}>
      <h1>{texts.security.recoveryTitle}</h1>
      <section class="card">
        <p>
          {texts.security.recoveryWhy} <strong>{texts.security.recoveryOnce}</strong>
        </p>
        <ul class="codes">
          {codes.map((code) => (
            <li>{code}</li>
          ))}
        </ul>
        {isFirst && <p class="hint no-print">{texts.security.thenAsked}</p>}
        <div class="buttons">
          <a class="button" href={`${SECURITY}?done=added`}>
            {texts.security.doneReading}
          </a>
          <a class="button quiet" download="recovery-codes.txt" href={file}>
            {texts.security.download}
          </a>
          <button type="button" class="quiet" data-print data-script-only hidden>
            {texts.security.print}
          </button>
        </div>
      </section>
    </Layout>
  );
};
