/** Asks whether an application may have what it wants. */
import type { FC } from "hono/jsx";
import type { AuthorizationOutcome } from "#shared/contracts/authorization.ts";
import type { Reader } from "../frame/page-call.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Notice } from "../views/parts.tsx";

export const AUTHORIZE = "/oauth/authorize";

type Consent = Extract<AuthorizationOutcome, { kind: "consent" }>;

export const ConsentPage: FC<{ page: Reader; consent: Consent; username: string }> = ({ page, consent, username }) => {
  const { consent: texts } = page.texts;
  const { client, scopes, decisionToken } = consent;
  return (
    <Layout page={page} title={texts.title(client.name)} narrow>
      <h1>{texts.title(client.name)}</h1>
      <p class="lead">{texts.account(username)}</p>
      {client.isUnverified && <Notice kind="bad">{texts.unverified}</Notice>}
      <section class="card">
        {scopes.length > 0 && (
          <>
            <h2>{texts.wants}</h2>
            <ul class="rows">
              {scopes.map(({ scope, description }) => (
                <li class="row">
                  <span class="what">{description ?? texts.scopes[scope] ?? scope}</span>
                  <code>{scope}</code>
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
      <SafeForm page={page} action={AUTHORIZE} hidden={{ decisionToken }}>
        <button type="submit" name="decision" value="allow">
          {texts.allow}
        </button>
        <button type="submit" name="decision" value="deny" class="quiet">
          {texts.deny}
        </button>
      </SafeForm>
      <p class="aside meta">{texts.afterwards(client.destination)}</p>
    </Layout>
  );
};
