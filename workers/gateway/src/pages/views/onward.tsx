/**
 * Leads on from a form by a page of its own. A browser holds every redirect that follows a form to the policy of the page with the
 * form, so that one to an application elsewhere would be refused (Content Security Policy Level 3, `form-action`).
 */
import type { FC } from "hono/jsx";
import type { Reader } from "../frame/page-call.ts";
import { htmlResponse, redirect } from "../frame/response.ts";
import { Layout } from "./layout.tsx";

const OnwardPage: FC<{ page: Reader; to: string }> = ({ page, to }) => (
  <Layout page={page} title={page.texts.common.continue} narrow refresh={to}>
    <h1>{page.texts.common.continue}</h1>
    <p>
      <a class="button" href={to}>
        {page.texts.common.continue}
      </a>
    </p>
  </Layout>
);

/** To an address that may be anyone's, such as that of an application. */
export const leadOn = (page: Reader, to: string): Promise<Response> =>
  htmlResponse(page, <OnwardPage page={page} to={to} />);

/** From a form to one of our own pages; those of OAuth may redirect to an application. */
export const proceedTo = (page: Reader, to: string): Response | Promise<Response> =>
  to.startsWith("/oauth/") ? leadOn(page, to) : redirect(page, to);
