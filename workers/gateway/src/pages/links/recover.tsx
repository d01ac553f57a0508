/** Gives an administrator their account back at `/account/recover`, by a link of the operator's. Opening it uses nothing up. */
import type { FC } from "hono/jsx";
import { NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { Layout, SafeForm } from "../views/layout.tsx";
import { NewPasswordField, Notice, RefusalNotice } from "../views/parts.tsx";

const RECOVER = "/account/recover";

interface RecoverProps {
  page: Reader;
  token: string;
  refusal?: Refusal | undefined;
}

const RecoverForm: FC<RecoverProps> = ({ page, token, refusal }) => (
  <>
    <p class="lead">{page.texts.recover.lead}</p>
    {refusal && <RefusalNotice page={page} refusal={refusal} />}
    <div class="card">
      <SafeForm page={page} action={RECOVER} hidden={{ token }}>
        <NewPasswordField
          page={page}
          name="newPassword"
          label={page.texts.profile.next}
          refusal={refusal}
          autofocus={true}
        />
        <button type="submit">{page.texts.recover.submit}</button>
      </SafeForm>
    </div>
  </>
);

const RecoverPage: FC<RecoverProps> = (props) => {
  const { page, token, refusal } = props;
  const { recover } = page.texts;
  const isDead = token === "" || refusal?.code === "link-refused";
  return (
    <Layout page={page} title={recover.title} narrow>
      <h1>{recover.title}</h1>
      {isDead ? <Notice kind="bad">{recover.refused}</Notice> : <RecoverForm {...props} />}
    </Layout>
  );
};

const show = (page: PageCall, token: string, refusal?: Refusal): Promise<Response> =>
  htmlResponse(page, <RecoverPage page={page} token={token} refusal={refusal} />, refusedForm(refusal));

export const showRecover = (page: PageCall): Promise<Response> => show(page, page.query["token"] ?? "");

export const takeRecover = async (page: PageCall): Promise<Response> => {
  const { token = "", newPassword = "" } = page.form;
  const recover = { method: "POST", path: "/kms/recover", json: { token, newPassword } } as const;
  const recovered = await page.operate(recover, NOTHING);
  return recovered.ok ? redirect(page, "/account/login?done=recovered") : show(page, token, recovered.error);
};
