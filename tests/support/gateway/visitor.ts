/** A visitor of the pages without a script: keeps cookies, reads forms, sends them. */
import type { Fountain } from "../harness.ts";

export interface PageAnswer {
  status: number;
  headers: Headers;
  html: string;
  /** The visible text, without tags. */
  text: string;
  /** Where it leads; none: nowhere. */
  location: string | null;
}

export interface Visitor {
  readonly cookies: Map<string, string>;
  get(path: string, headers?: Record<string, string>): Promise<PageAnswer>;
  /** Sends a form of the last page, with what it has hidden; `which`: a field by which it is told from others there. */
  submit(action: string, fields: Record<string, string>, which?: string): Promise<PageAnswer>;
  /** Sends these fields as they are. */
  post(path: string, fields: Record<string, string>, headers?: Record<string, string>): Promise<PageAnswer>;
  /** The fields of a form of the last page that are filled in. */
  formOf(action: string, which?: string): Record<string, string>;
  logIn(account: { username: string; password: string }): Promise<PageAnswer>;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", quot: '"', "#39": "'", lt: "<", gt: ">" };
const unescapeHtml = (text: string): string =>
  text.replace(/&(amp|quot|#39|lt|gt);/g, (_, name: string) => ENTITIES[name] ?? "");

const attribute = (tag: string, name: string): string | undefined => {
  const [, value] = new RegExp(`\\s${name}="([^"]*)"`).exec(tag) ?? [];
  return value === undefined ? undefined : unescapeHtml(value);
};

/** What a browser says of a form of the same origin. */
export const FROM_HERE = { "sec-fetch-site": "same-origin" };

const textOf = (html: string): string =>
  unescapeHtml(html.replace(/<(style|script)>.*?<\/\1>/gs, "").replace(/<[^>]+>/g, " ")).replace(/\s+/g, " ");

export const openVisitor = (fountain: Pick<Fountain, "url">): Visitor => {
  const cookies = new Map<string, string>();
  let page = "";

  const call = async (path: string, init: RequestInit & { headers: Record<string, string> }): Promise<PageAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const response = await fetch(new URL(path, fountain.url), {
      ...init,
      redirect: "manual",
      headers: { accept: "text/html", ...(cookie !== "" && { cookie }), ...init.headers },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    page = await response.text();
    const { status, headers } = response;
    return { status, headers, html: page, text: textOf(page), location: headers.get("location") };
  };

  const visitor: Visitor = {
    cookies,
    get: (path, headers = {}) => call(path, { headers }),
    post: (path, fields, headers = FROM_HERE) =>
      call(path, { method: "POST", headers, body: new URLSearchParams(fields) }),
    formOf: (action, which) => {
      const forms = [...page.matchAll(/<form[^>]*>.*?<\/form>/gs)].map(([form]) => form);
      const form = forms.find(
        (each) => attribute(each, "action") === action && (which === undefined || each.includes(which)),
      );
      if (form === undefined) throw new Error(`the page has no form for ${action}: ${textOf(page)}`);
      const inputs = [...form.matchAll(/<input[^>]*>/g)].map(([input]) => input);
      return Object.fromEntries(
        inputs.map((input) => [attribute(input, "name") ?? "", attribute(input, "value") ?? ""]),
      );
    },
    submit: (action, fields, which) => visitor.post(action, { ...visitor.formOf(action, which), ...fields }),
    logIn: async (account) => {
      await visitor.get("/account/login");
      return visitor.submit("/account/login", account, 'name="password"');
    },
  };
  return visitor;
};

/** The header by which the visitor's cookies are sent by hand. */
export const cookieHeader = ({ cookies }: Visitor): string =>
  [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
