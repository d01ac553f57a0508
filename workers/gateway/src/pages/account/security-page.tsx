/** The page of a visitor's second factors. */
import type { FC } from "hono/jsx";
import type { ShownFactor } from "../frame/factors.ts";
import type { Refusal } from "../frame/operations.ts";
import type { Reader } from "../frame/page-call.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, faultOf, Notice, RefusalNotice } from "../views/parts.tsx";
import { SECURITY } from "./enrolment.tsx";

interface SecurityProps {
  page: Reader;
  factors: readonly ShownFactor[];
  refusal?: Refusal | undefined;
}

const FactorRow: FC<{ page: Reader; factor: ShownFactor }> = ({ page: { texts, ...page }, factor }) => (
  <li class="row">
    <div class="what">
      <h3>
        {factor.name} <span class="chip">{texts.security.types[factor.type]}</span>{" "}
        {factor.backedUp && <span class="chip">{texts.security.syncs}</span>}
      </h3>
      <p class="meta">
        {factor.destination && `${factor.destination} · `}
        {texts.security.lastUsed}: {factor.lastUsedAt ? texts.instant(factor.lastUsedAt) : texts.common.never}
        {" · "}
        {texts.security.added}: {texts.instant(factor.createdAt)}
      </p>
      {factor.disabledAt && <p class="error">{texts.security.disabled}</p>}
    </div>
    <SafeForm page={{ texts, ...page }} action={SECURITY} hidden={{ action: "remove", factorId: factor.factorId }}>
      <button type="submit" class="danger" aria-label={`${texts.common.remove}: ${factor.name}`}>
        {texts.common.remove}
      </button>
    </SafeForm>
  </li>
);

const Way: FC<{ page: Reader; action: string; title: string; hint: string }> = ({ page, action, title, hint }) => (
  <li class="row">
    <div class="what">
      <h3>{title}</h3>
      <p class="meta">{hint}</p>
    </div>
    <SafeForm page={page} action={SECURITY} hidden={{ action }}>
      <button type="submit" class="quiet" aria-label={`${page.texts.security.add}: ${title}`}>
        {page.texts.security.add}
      </button>
    </SafeForm>
  </li>
);

interface DestinationProps {
  page: Reader;
  action: "add-email" | "add-sms";
  title: string;
  field: "address" | "phone";
  refusal: Refusal | undefined;
}

const Destination: FC<DestinationProps> = ({ page, action, title, field, refusal }) => {
  const error = faultOf(page, refusal, field, field === "phone" ? "phone" : "email");
  return (
    <li class="row">
      <details class="what" open={error !== undefined}>
        <summary>{title}</summary>
        <SafeForm page={page} action={SECURITY} hidden={{ action }}>
          <Field
            name={field}
            type={field === "phone" ? "tel" : "email"}
            label={page.texts.security[field]}
            autocomplete={field === "phone" ? "tel" : "email"}
            error={error}
          />
          <button type="submit" class="quiet">
            {page.texts.security.add}
          </button>
        </SafeForm>
      </details>
    </li>
  );
};

const Ways: FC<SecurityProps> = ({ page, factors, refusal }) => {
  const { security } = page.texts;
  return (
    <section class="card">
      <h2>{factors.length === 0 ? security.addFirstTitle : security.addTitle}</h2>
      <ul class="rows">
        <Way page={page} action="add-passkey" title={security.addPasskey} hint={security.addPasskeyHint} />
        <Way page={page} action="add-totp" title={security.addTotp} hint={security.addTotpHint} />
        <Destination page={page} action="add-email" title={security.addEmail} field="address" refusal={refusal} />
        <Destination page={page} action="add-sms" title={security.addSms} field="phone" refusal={refusal} />
      </ul>
    </section>
  );
};

const RecoveryCodes: FC<{ page: Reader }> = ({ page }) => (
  <section class="card">
    <h2>{page.texts.security.recoveryTitle}</h2>
    <p>
      {page.texts.security.recoveryWhy} {page.texts.security.recoveryNewWhy}
    </p>
    <SafeForm page={page} action={SECURITY} hidden={{ action: "new-recovery-codes" }}>
      <button type="submit" class="quiet">
        {page.texts.security.recoveryNew}
      </button>
    </SafeForm>
  </section>
);

export const SecurityPage: FC<SecurityProps> = (props) => {
  const { page, factors, refusal } = props;
  const { texts } = page;
  const done: Record<string, string> = { added: texts.security.addedDone, removed: texts.security.removed };
  const notice = done[page.query["done"] ?? ""];
  return (
    <Layout page={page} title={texts.security.title} current={SECURITY}>
      <h1>{texts.security.title}</h1>
      {notice && (
        <Notice>
          {notice} <a href="/account/sessions">{texts.sessions.endOthers}</a>
        </Notice>
      )}
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <h2>{texts.security.factors}</h2>
        {factors.length === 0 ? (
          <p>{texts.security.noFactors}</p>
        ) : (
          <ul class="rows">
            {factors.map((factor) => (
              <FactorRow page={page} factor={factor} />
            ))}
          </ul>
        )}
      </section>
      <Ways {...props} />
      {factors.length > 0 && <RecoveryCodes page={page} />}
    </Layout>
  );
};
