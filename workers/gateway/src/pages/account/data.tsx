/** What is stored about a visitor, at `/account/data`: to keep, and to delete. */
import type { FC } from "hono/jsx";
import { TERMS } from "../frame/consents.ts";
import { attempted, done, NOTHING, PageProblem, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall } from "../frame/page-call.ts";
import { download, htmlResponse, redirect } from "../frame/response.ts";
import type { Visitor } from "../frame/visitor.ts";
import type { VisitorHandle } from "../login/asking.tsx";
import { Layout, SafeForm } from "../views/layout.tsx";
import { Field, Notice, RefusalNotice } from "../views/parts.tsx";
import { profileOf } from "./profile.tsx";

const PATH = "/account/data";

interface DataProps {
  page: PageCall;
  refusal?: Refusal | undefined;
  /** The username that was typed is another one. */
  isMismatch?: boolean;
}

const DataPage: FC<DataProps> = ({ page, refusal, isMismatch }) => {
  const { data } = page.texts;
  return (
    <Layout page={page} title={data.title} current={PATH}>
      <h1>{data.title}</h1>
      {isMismatch && <Notice kind="bad">{data.deleteMismatch}</Notice>}
      {refusal && <RefusalNotice page={page} refusal={refusal} />}
      <section class="card">
        <h2>{data.exportTitle}</h2>
        <p>{data.exportWhy}</p>
        <SafeForm page={page} action={PATH} hidden={{ action: "export" }}>
          <button type="submit" class="quiet">
            {data.exportSubmit}
          </button>
        </SafeForm>
      </section>
      {page.installation.documents.length > 0 && (
        <p>
          <a href={TERMS}>{page.texts.terms.manage}</a>
        </p>
      )}
      <section class="card danger">
        <h2>{data.deleteTitle}</h2>
        <p>{data.deleteWhy}</p>
        <SafeForm page={page} action={PATH} hidden={{ action: "delete" }}>
          <Field name="username" label={data.deleteConfirm} />
          <button type="submit" class="danger">
            {data.deleteSubmit}
          </button>
        </SafeForm>
      </section>
    </Layout>
  );
};

const show = ({ page, ...rest }: DataProps): Promise<Response> =>
  htmlResponse(
    page,
    <DataPage page={page} {...rest} />,
    rest.isMismatch === true ? { status: 422 } : refusedForm(rest.refusal),
  );

export const showData = (page: PageCall): Promise<Response> => show({ page });

const exportData = async (page: PageCall, { token }: Visitor): Promise<Response> => {
  const exported = done(await page.operate({ method: "GET", path: "/kms/me/export", token }, NOTHING));
  return download(page, JSON.stringify(exported, null, 2), { name: "my-data.json", type: "application/json" });
};

const deleteAccount = async (page: PageCall, visitor: Visitor): Promise<Response> => {
  const { username } = await profileOf(page, visitor);
  if ((page.form["username"] ?? "").trim() !== username) return show({ page, isMismatch: true });
  const erase = { method: "DELETE", path: "/kms/me", token: visitor.token } as const;
  const erased = attempted(await page.operate(erase, NOTHING));
  if (!erased.ok) return show({ page, refusal: erased.error });
  page.jar.endSession();
  return redirect(page, "/account/login?done=deleted");
};

const ACTIONS = new Map<string | undefined, VisitorHandle>([
  ["export", exportData],
  ["delete", deleteAccount],
]);

export const changeData: VisitorHandle = (page, visitor) => {
  const change = ACTIONS.get(page.form["action"]);
  if (!change) throw new PageProblem("malformed-request", { detail: page.texts.problems["malformed-request"] });
  return change(page, visitor);
};
