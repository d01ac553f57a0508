/** What a visitor agrees to of the operator's conditions, at `/account/terms`; who owes it is led here from every other page. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import { LEGAL_DOCUMENTS, type LegalDocument } from "#shared/contracts/people.ts";
import { missingIn, TERMS } from "../frame/consents.ts";
import { destinationOf } from "../frame/destination.ts";
import { attempted, done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { ConsentBoxes } from "../views/consent-boxes.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { proceedTo } from "../views/onward.tsx";
import { Notice, RefusalNotice } from "../views/parts.tsx";

const document = z.enum(LEGAL_DOCUMENTS);

const stateSchema = z.object({
  documents: z.array(z.object({ document, version: z.string(), url: z.string(), agreed: z.boolean() })),
  items: z.array(z.object({ document, version: z.string(), givenAt: z.string(), withdrawnAt: z.string().nullable() })),
});

type State = z.infer<typeof stateSchema>;

interface TermsProps {
  page: PageCall;
  state: State;
  /** What was not agreed to in the form that was sent. */
  missing?: readonly LegalDocument[];
  refusal?: Refusal | undefined;
}

const dueIn = ({ documents }: State) => documents.filter(({ agreed }) => !agreed);

const Question: FC<TermsProps> = ({ page, state, missing }) => {
  const { terms, common } = page.texts;
  const next = destinationOf(page.form["next"] ?? page.query["next"]);
  return (
    <>
      <p class="lead">{terms.due}</p>
      <div class="card">
        <SafeForm page={page} action={TERMS} hidden={{ next }}>
          <ConsentBoxes page={page} documents={dueIn(state)} missing={missing} />
          <button type="submit">{terms.submit}</button>
        </SafeForm>
      </div>
      <p class="aside">
        {terms.instead} <a href="/account/data">{terms.data}</a>
      </p>
      <SafeForm page={page} action="/account/logout" class="aside">
        <button type="submit" class="link">
          {common.logOut}
        </button>
      </SafeForm>
    </>
  );
};

const History: FC<TermsProps> = ({ page, state: { items } }) => {
  const { terms, instant } = page.texts;
  if (items.length === 0) return null;
  const standing = LEGAL_DOCUMENTS.filter((name) =>
    items.some((item) => item.document === name && item.withdrawnAt === null),
  );
  return (
    <section class="card">
      <h2>{terms.history}</h2>
      <ul class="rows">
        {items.map((item) => (
          <li class="row">
            <div class="what">
              <h3>{terms.names[item.document]}</h3>
              <p class="meta">
                {terms.given(item.version, instant(item.givenAt))}
                {item.withdrawnAt !== null && `, ${terms.until(instant(item.withdrawnAt))}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
      {standing.length > 0 && <p class="hint">{terms.withdrawWhy}</p>}
      <div class="buttons">
        {standing.map((name) => (
          <SafeForm page={page} action={TERMS} hidden={{ withdraw: name }}>
            <button type="submit" class="danger">
              {terms.withdraw}: {terms.names[name]}
            </button>
          </SafeForm>
        ))}
      </div>
    </section>
  );
};

const TermsPage: FC<TermsProps> = (props) => {
  const { page, state, refusal } = props;
  const { terms } = page.texts;
  const isDue = dueIn(state).length > 0;
  return (
    <Layout page={page} title={terms.title} {...(isDue ? { narrow: true } : { current: TERMS })}>
      <h1>{terms.title}</h1>
      {page.query["done"] === "withdrawn" && <Notice>{terms.withdrawn}</Notice>}
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      {isDue ? <Question {...props} /> : <p class="lead">{state.documents.length > 0 ? terms.done : terms.none}</p>}
      {!isDue && <History {...props} />}
    </Layout>
  );
};

const stateOf = async ({ operate }: PageCall, { token }: Visitor): Promise<State> =>
  done(await operate({ method: "GET", path: "/kms/me/consents?limit=200", token }, stateSchema));

export const showTerms: VisitorHandle = async (page, visitor) =>
  htmlResponse(page, <TermsPage page={page} state={await stateOf(page, visitor)} />);

const withdraw = async (page: PageCall, { token }: Visitor, name: string): Promise<Response> => {
  const path = `/kms/me/consents/${encodeURIComponent(name)}`;
  const withdrawn = await page.operate({ method: "DELETE", path, token }, NOTHING);
  // It may have been withdrawn a moment ago.
  if (!withdrawn.ok && withdrawn.error.code !== "not-found") done(withdrawn);
  return redirect(page, `${TERMS}?done=withdrawn`);
};

const agree: VisitorHandle = async (page, visitor) => {
  const state = await stateOf(page, visitor);
  const due = dueIn(state);
  const missing = missingIn(due, page.form);
  if (missing.length > 0)
    return htmlResponse(page, <TermsPage page={page} state={state} missing={missing} />, { status: 422 });
  for (const { document: name, version } of due) {
    const give = { method: "PUT", path: `/kms/me/consents/${name}`, token: visitor.token, json: { version } } as const;
    const given = attempted(await page.operate(give, NOTHING));
    if (!given.ok)
      return htmlResponse(
        page,
        <TermsPage page={page} state={state} refusal={given.error} />,
        refusedForm(given.error),
      );
  }
  return proceedTo(page, destinationOf(page.form["next"]));
};

export const takeTerms: VisitorHandle = (page, visitor) => {
  const { withdraw: name } = page.form;
  return name === undefined ? agree(page, visitor) : withdraw(page, visitor, name);
};
