/** Sets a new password at `/account/reset`, by the link or the code that was mailed. Opening the link uses nothing up. */
import type { FC } from "hono/jsx";
import { NOTHING, type Refusal, refusedForm } from "../frame/operations.ts";
import type { Form, PageCall, Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { Layout } from "../views/layout.tsx";
import { Notice, RefusalNotice } from "../views/parts.tsx";
import { FORGOT } from "./forgot.tsx";
import { ResetForm } from "./reset-form.tsx";

interface ResetProps {
  page: Reader;
  proof: Form;
  refusal?: Refusal | undefined;
}

const Refused: FC<{ page: Reader; refusal: Refusal }> = ({ page, refusal }) => (
  <RefusalNotice
    page={page}
    refusal={refusal}
    text={refusal.code === "link-refused" ? page.texts.reset.codeRefused : undefined}
  />
);

const ResetPage: FC<ResetProps> = (props) => {
  const { page, proof, refusal } = props;
  const { reset } = page.texts;
  const isLinkDead = refusal?.code === "link-refused" && proof["token"] !== undefined;
  return (
    <Layout page={page} title={reset.title} narrow>
      <h1>{reset.title}</h1>
      {isLinkDead ? (
        <>
          <Notice kind="bad">{reset.linkRefused}</Notice>
          <p>
            <a class="button" href={FORGOT}>
              {reset.again}
            </a>
          </p>
        </>
      ) : (
        <>
          <p class="lead">{reset.lead}</p>
          {refusal && <Refused page={page} refusal={refusal} />}
          <div class="card">
            <ResetForm {...props} />
          </div>
          <p class="aside">
            <a href={FORGOT}>{reset.again}</a>
          </p>
        </>
      )}
    </Layout>
  );
};

/** What was mailed, as it came: by the link, or typed. */
const proofIn = ({ token, login = "", code = "" }: Form): Form => (token === undefined ? { login, code } : { token });

/** What the address of the page has of it: no more than the token. */
const mailedIn = ({ token }: Form): Form => (token === undefined ? {} : { token });

export const showReset = (page: PageCall): Promise<Response> =>
  htmlResponse(page, <ResetPage page={page} proof={mailedIn(page.query)} />);

export const takeReset = async (page: PageCall): Promise<Response> => {
  const proof = proofIn(page.form);
  const json = { ...proof, newPassword: page.form["newPassword"] ?? "" };
  const set = await page.operate({ method: "POST", path: "/kms/password/reset", json }, NOTHING);
  if (set.ok) return redirect(page, "/account/login?done=reset");
  const html = <ResetPage page={page} proof={proof} refusal={set.error} />;
  return htmlResponse(page, html, refusedForm(set.error));
};
