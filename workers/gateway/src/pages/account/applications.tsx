/** What a visitor has logged in to with their account, at `/account/applications`. */
import type { FC } from "hono/jsx";
import { z } from "zod";
import { attempted, done, NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Notice, RefusalNotice } from "../views/parts.tsx";

const PATH = "/account/applications";
/** More than anyone looks at. */
const ALL = "/kms/me/applications?limit=200";

const applicationSchema = z.object({
  clientId: z.string(),
  name: z.string(),
  scopes: z.array(z.string()),
  grantedAt: z.string().nullable(),
  lastUsedAt: z.string().nullable(),
});

type Application = z.infer<typeof applicationSchema>;

const ApplicationRow: FC<{ page: PageCall; application: Application }> = ({ page, application }) => {
  const { applications, consent, common, instant } = page.texts;
  const { clientId, name, scopes, grantedAt, lastUsedAt } = application;
  return (
    <li class="row">
      <div class="what">
        <h2>{name}</h2>
        {clientId.startsWith("https://") && <p class="meta">{new URL(clientId).host}</p>}
        {scopes.length > 0 && (
          <p>
            {applications.may}: {scopes.map((scope) => consent.scopes[scope] ?? scope).join(", ")}
          </p>
        )}
        <p class="meta">
          {grantedAt ? `${applications.granted}: ${instant(grantedAt)}` : applications.notAsked}
          {" · "}
          {applications.lastUsed}: {lastUsedAt ? instant(lastUsedAt) : common.never}
        </p>
      </div>
      <SafeForm page={page} action={PATH} hidden={{ client: clientId }}>
        <button type="submit" class="danger" aria-label={`${applications.disconnect}: ${name}`}>
          {applications.disconnect}
        </button>
      </SafeForm>
    </li>
  );
};

interface ApplicationsProps {
  page: PageCall;
  items: readonly Application[];
  refusal?: Refusal | undefined;
}

const ApplicationsPage: FC<ApplicationsProps> = ({ page, items, refusal }) => {
  const { applications } = page.texts;
  const isGone = refusal?.code === "not-found";
  return (
    <Layout page={page} title={applications.title} current={PATH}>
      <h1>{applications.title}</h1>
      <p class="lead">{items.length > 0 ? applications.lead : applications.none}</p>
      {page.query["done"] === "disconnected" && <Notice>{applications.disconnected}</Notice>}
      {refusal && <RefusalNotice page={page} refusal={refusal} text={isGone ? applications.gone : undefined} />}
      {items.length > 0 && (
        <>
          <section class="card">
            <ul class="rows">
              {items.map((application) => (
                <ApplicationRow page={page} application={application} />
              ))}
            </ul>
          </section>
          <p class="hint">{applications.disconnectWhy}</p>
        </>
      )}
    </Layout>
  );
};

export const showApplications = async (page: PageCall, visitor: Visitor, refusal?: Refusal): Promise<Response> => {
  const list = { method: "GET", path: ALL, token: visitor.token } as const;
  const { items } = done(await page.operate(list, z.object({ items: z.array(applicationSchema) })));
  return htmlResponse(page, <ApplicationsPage page={page} items={items} refusal={refusal} />, refusedForm(refusal));
};

export const disconnectApplication: VisitorHandle = async (page, visitor) => {
  const path = `/kms/me/applications/${encodeURIComponent(page.form["client"] ?? "")}`;
  const ended = attempted(await page.operate({ method: "DELETE", path, token: visitor.token }, NOTHING));
  return ended.ok ? redirect(page, `${PATH}?done=disconnected`) : showApplications(page, visitor, ended.error);
};
