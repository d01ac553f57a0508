/** The pages on which a person lets a device in (RFC 8628 §3.3): they enter its code, decide, and see what became of it. */
import type { FC } from "hono/jsx";
import type { DeviceQuestion } from "#shared/contracts/authorization.ts";
import { deviceOf } from "#shared/semantics/user-agent.ts";
import type { Reader } from "../frame/page-call.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, Notice } from "../views/parts.tsx";
import { ApplicationHost, DecisionButtons, WantedScopes } from "./consent-page.tsx";

export const DEVICE = "/oauth/device";

/** Room for dashes and spaces. */
const MAX_CODE_CHARACTERS = 32;

/** The link that fills the code in (RFC 8628 §3.3.1). */
const withCode = (code: string): string =>
  code === "" ? DEVICE : `${DEVICE}?${new URLSearchParams({ user_code: code })}`;

/** `code`: of the link that led here, or as it was typed; `isUnknown`: no device waits with it. */
export const CodePage: FC<{ page: Reader; code: string; isUnknown?: boolean }> = ({ page, code, isUnknown }) => {
  const { device } = page.texts;
  const isFromLink = code !== "" && !isUnknown;
  return (
    <Layout page={page} title={device.title} leave={withCode(code)} narrow>
      <h1>{device.title}</h1>
      <p class="lead">{isFromLink ? device.compare : device.lead}</p>
      {isUnknown && <Notice kind="bad">{device.unknown}</Notice>}
      <div class="card">
        <SafeForm page={page} action={DEVICE}>
          <Field
            name="userCode"
            label={device.code}
            code="text"
            value={code.slice(0, MAX_CODE_CHARACTERS)}
            maxlength={MAX_CODE_CHARACTERS}
            autofocus={!isFromLink}
          />
          <button type="submit">{device.submit}</button>
        </SafeForm>
      </div>
      <p class="aside meta">{device.phishing}</p>
    </Layout>
  );
};

/** The code and where the device with it is: the person compares both with the one in front of them. */
const AskingDevice: FC<{ page: Reader; question: DeviceQuestion }> = ({ page, question: { userCode, origin } }) => {
  const { device } = page.texts;
  const known = [
    [device.address, origin.address ?? undefined],
    [device.software, deviceOf(origin.userAgent)],
  ].filter(([, value]) => value !== undefined);
  return (
    <section class="card">
      <h2>{device.yours}</h2>
      <p class="secret">{userCode}</p>
      {known.length > 0 && (
        <dl>
          {known.map(([name, value]) => (
            <>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </>
          ))}
        </dl>
      )}
    </section>
  );
};

export const DeviceQuestionPage: FC<{ page: Reader; question: DeviceQuestion; username: string }> = (props) => {
  const { page, question, username } = props;
  const { consent, device } = page.texts;
  const { client, scopes, userCode, hasFullAccess } = question;
  const title = hasFullAccess ? device.fullTitle : consent.title(client.name);
  return (
    <Layout page={page} title={title} leave={withCode(userCode)} narrow>
      <h1>{title}</h1>
      <p class="lead">{consent.account(username)}</p>
      <ApplicationHost page={page} host={client.host} />
      <Notice kind="bad">
        {device.phishing} {hasFullAccess ? device.full : client.isUnverified && consent.unverified}
      </Notice>
      <AskingDevice page={page} question={question} />
      <WantedScopes page={page} scopes={scopes} />
      <SafeForm page={page} action={DEVICE} hidden={{ userCode }}>
        <DecisionButtons page={page} />
      </SafeForm>
    </Layout>
  );
};

export const DecidedPage: FC<{ page: Reader; isAllowed: boolean }> = ({ page, isAllowed }) => {
  const { device } = page.texts;
  return (
    <Layout page={page} title={device.title} leave={DEVICE} narrow>
      <h1>{device.title}</h1>
      {isAllowed ? <Notice>{device.allowed}</Notice> : <Notice kind="plain">{device.refused}</Notice>}
      {isAllowed && <p class="meta">{device.ended}</p>}
      <p class="aside">
        <a href="/account/sessions">{page.texts.nav.sessions}</a>{" "}
        <a href="/account/applications">{page.texts.nav.applications}</a>
      </p>
    </Layout>
  );
};
