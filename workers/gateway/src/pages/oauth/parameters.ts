/** What applications send along with a person. */
import type { RequestParameters } from "#shared/contracts/authorization.ts";
import type { HandleForeign } from "../frame/endpoint.ts";
import { TOKEN_FIELD } from "../frame/forgery.ts";
import type { Reader } from "../frame/page-call.ts";
import { redirect } from "../frame/response.ts";

/** The parameters, without what is between the person and the page. */
export const parametersOf = ({ context }: Reader): RequestParameters => {
  const { search } = new URL(context.req.url);
  return [...new URLSearchParams(search)].filter(([name]) => name !== "lang");
};

/**
 * A request that an application has people send by POST (OpenID Connect Core §3.1.2.1, RP-Initiated Logout §2): the same by GET,
 * with which browsers send our cookie.
 */
export const requestByPost: HandleForeign = (page, encoded) =>
  TOKEN_FIELD in page.form ? undefined : redirect(page, `${page.path}?${new URLSearchParams(encoded)}`);
