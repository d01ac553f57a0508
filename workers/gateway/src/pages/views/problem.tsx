/** Errors as pages, where a person reads them. */
import type { FC } from "hono/jsx";
import { MAX_ADDRESS_CHARACTERS } from "#shared/http/access.ts";
import { PROBLEMS } from "#shared/problem/catalogue.ts";
import type { Problem } from "#shared/problem/problem.ts";
import { problemHeaders } from "#shared/problem/problem.ts";
import { preferredType } from "#shared/semantics/accept.ts";
import type { GatewayContext } from "../../composition/context.ts";
import { isPagePath } from "../frame/destination.ts";
import { PageProblem } from "../frame/operations.ts";
import { openReader, type Reader } from "../frame/page-call.ts";
import { htmlResponse } from "../frame/response.ts";
import { Layout } from "./layout.tsx";

const ProblemPage: FC<{ page: Reader; text: string; requestId: string }> = ({ page, text, requestId }) => (
  <Layout page={page} title={page.texts.failure.title} narrow>
    <h1>{page.texts.failure.title}</h1>
    <p class="lead">{text}</p>
    <p>
      <a class="button" href="/account">
        {page.texts.failure.home}
      </a>
    </p>
    <p class="meta">
      {page.texts.failure.reference}: <code>{requestId}</code>
    </p>
  </Layout>
);

const textOf = (failed: Problem, { texts, context }: Reader): string => {
  if (context.req.url.length > MAX_ADDRESS_CHARACTERS) return texts.failure.tooLong;
  const text = failed instanceof PageProblem ? failed.detail : undefined;
  const retryAfter = Number(failed.headers["retry-after"]);
  const retry = failed.code === "too-many-attempts" ? ` ${texts.failure.retry(retryAfter || 60)}` : "";
  return (text ?? texts.problems[failed.code]) + retry;
};

const wantsPage = (context: GatewayContext): boolean =>
  isPagePath(context.req.path) &&
  preferredType(context.get("fields").get("accept") ?? undefined, ["application/problem+json", "text/html"]) ===
    "text/html";

/** The page of a problem; `undefined`: it did not come of a page, or no one asked for HTML. */
export const problemPage = (failed: Problem, context: GatewayContext): Promise<Response> | undefined => {
  if (!wantsPage(context)) return undefined;
  const page = openReader(context);
  const html = <ProblemPage page={page} text={textOf(failed, page)} requestId={context.get("requestId")} />;
  const { "cache-control": _, ...headers } = problemHeaders(failed);
  return htmlResponse(page, html, { status: PROBLEMS[failed.code].status, headers });
};
