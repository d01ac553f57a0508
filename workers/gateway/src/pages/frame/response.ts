/** The responses of pages: HTML under a policy that lets nothing run or load but their own style and script. */
import type { HtmlEscapedString } from "hono/utils/html";
import { hashOf } from "../../docs/page.ts";
import type { Reader } from "./page-call.ts";
import { PAGES_SCRIPT } from "./pages-script.ts";
import { PAGES_STYLE } from "./pages-style.ts";

const POLICY = [
  "default-src 'none'",
  `style-src ${hashOf(PAGES_STYLE)}`,
  `script-src ${hashOf(PAGES_SCRIPT)}`,
  "img-src data:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join("; ");

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": POLICY,
  // No address of a page, which may have a link's token in it, leads anywhere. With `no-referrer`, browsers would not say of a form
  // which origin it comes from either.
  "referrer-policy": "strict-origin",
  vary: "Accept-Language, Cookie",
};

const withCookies = ({ jar }: Pick<Reader, "jar">, response: Response): Response => {
  for (const cookie of jar.changes) response.headers.append("set-cookie", cookie);
  return response;
};

const textResponse = (
  page: Reader,
  text: string,
  { status = 200, headers }: { status?: number; headers: Record<string, string> },
): Response =>
  withCookies(
    page,
    new Response(text, { status, headers: { ...HEADERS, ...headers, "content-type": "text/html; charset=utf-8" } }),
  );

/** What hono/jsx makes of a page. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const htmlResponse = async (
  page: Reader,
  html: Html,
  { status = 200, headers = {} }: { status?: number; headers?: Record<string, string> } = {},
): Promise<Response> =>
  textResponse(page, `<!doctype html>\n${await html}`, {
    status,
    headers: { ...headers, "content-language": page.language },
  });

/** A page that has its own policy. */
export const pageResponse = (page: Reader, html: string, headers: Record<string, string>): Response =>
  textResponse(page, html, { headers });

/** What a script of a page reads. */
export const pageJson = (page: Reader, value: unknown): Response =>
  withCookies(page, Response.json(value, { headers: { "cache-control": "no-store" } }));

/** Sends the browser on, by GET (RFC 9110 §15.4.4): to a path of our own, or to an application that the kms sends it to. */
export const redirect = (page: Reader, to: string): Response =>
  withCookies(page, new Response(null, { status: 303, headers: { location: to, "cache-control": "no-store" } }));

/** A file to keep. */
export const download = (page: Reader, body: string, { name, type }: { name: string; type: string }): Response =>
  withCookies(
    page,
    new Response(body, {
      headers: {
        "cache-control": "no-store",
        "content-type": type,
        "content-disposition": `attachment; filename="${name}"`,
      },
    }),
  );
