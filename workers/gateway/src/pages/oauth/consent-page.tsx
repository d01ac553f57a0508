/** Asks whether an application may have what it wants. */
import type { FC } from "hono/jsx";
import type { AuthorizationOutcome, ShownScope } from "#shared/contracts/authorization.ts";
import type { Reader } from "../frame/page-call.ts";
import type { Texts } from "../texts/en.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Notice } from "../views/parts.tsx";
import { parametersOf } from "./parameters.ts";

export const AUTHORIZE = "/oauth/authorize";

type Consent = Extract<AuthorizationOutcome, { kind: "consent" }>;

/** What an application asks for, if it is anything. */
export const WantedScopes: FC<{ page: Reader; scopes: readonly ShownScope[] }> = ({ page, scopes }) => {
  const { consent: texts } = page.texts;
  if (scopes.length === 0) return null;
  return (
    <section class="card">
      <h2>{texts.wants}</h2>
      <ul class="rows">
        {scopes.map(({ scope, description }) => (
          <li class="row">
            <span class="what">{description ?? texts.scopes[scope] ?? scope}</span>
            <code>{scope}</code>
          </li>
        ))}
      </ul>
      <p class="hint">{scopes.some(({ scope }) => scope === "offline_access") ? texts.stays : texts.ends}</p>
    </section>
  );
};

/** What is pressed to let an application in, or not. */
export const DecisionButtons: FC<{ page: Reader }> = ({ page: { texts } }) => (
  <>
    <button type="submit" name="decision" value="allow">
      {texts.consent.allow}
    </button>
    <button type="submit" name="decision" value="deny" class="quiet">
      {texts.consent.deny}
    </button>
  </>
);

/** From where an application is that describes itself. */
export const ApplicationHost: FC<{ page: Reader; host: string | null }> = ({ page, host }) =>
  host === null ? null : (
    <p class="lead">
      {page.texts.consent.from} <strong>{host}</strong>
    </p>
  );

/** One that describes itself is from where its document is, unless people are sent to a program on their device afterwards. */
const warningOf = ({ host, destination }: Consent["client"], texts: Texts["consent"]): string => {
  if (host === null) return texts.unverified;
  return host === destination ? texts.described : texts.onDevice(host);
};

export const ConsentPage: FC<{ page: Reader; consent: Consent; username: string }> = ({ page, consent, username }) => {
  const { consent: texts } = page.texts;
  const { client, scopes, decisionToken } = consent;
  const leave = `${AUTHORIZE}?${new URLSearchParams(parametersOf(page))}`;
  return (
    <Layout page={page} title={texts.title(client.name)} leave={leave} narrow>
      <h1>{texts.title(client.name)}</h1>
      <p class="lead">{texts.account(username)}</p>
      <ApplicationHost page={page} host={client.host} />
      {client.isUnverified && <Notice kind="bad">{warningOf(client, texts)}</Notice>}
      <WantedScopes page={page} scopes={scopes} />
      <SafeForm page={page} action={AUTHORIZE} hidden={{ decisionToken }}>
        <DecisionButtons page={page} />
      </SafeForm>
      <p class="aside meta">{texts.afterwards(client.destination)}</p>
    </Layout>
  );
};
