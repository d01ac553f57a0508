/** One call of a page: who it comes from as far as the browser says, what was sent, and in which language it is read. */
import type { Language } from "#shared/contracts/mails.ts";
import { preferredLanguage } from "#shared/semantics/language.ts";
import type { GatewayContext } from "../../composition/context.ts";
import type { GatewayServices, Installation } from "../../composition/services.ts";
import type { Texts } from "../texts/en.ts";
import { isLanguage, LANGUAGES } from "../texts/languages.ts";
import { type Jar, openJar } from "./jar.ts";
import { createOperate, createSend, type Dispatch, type Operate, type Send } from "./operations.ts";

/** The fields of a form; of one that is sent twice, the first. */
export type Form = Readonly<Record<string, string>>;

/** What every page knows of who reads it, those of errors too. */
export interface Reader {
  readonly context: GatewayContext;
  readonly path: string;
  readonly query: Form;
  readonly jar: Jar;
  readonly installation: Installation;
  readonly language: Language;
  readonly texts: Texts;
}

export interface PageCall extends Reader {
  /** Empty, unless a form was sent. */
  readonly form: Form;
  /** Sends a call through the gateway's own pipeline. */
  readonly send: Send;
  /** The same for an operation, whose response is read. */
  readonly operate: Operate;
}

export const fieldsIn = (encoded: string): Form => {
  const fields = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(encoded)) if (!fields.has(name)) fields.set(name, value);
  return Object.fromEntries(fields);
};

/** The language: as chosen by `?lang`, which is kept; as chosen before; or as the browser says. */
const languageOf = ({ lang }: Form, jar: Jar, preferred: Language): Language => {
  if (isLanguage(lang)) {
    if (lang !== jar.language) jar.keepLanguage(lang);
    return lang;
  }
  return isLanguage(jar.language) ? jar.language : preferred;
};

const NAMELESS: Installation = { name: "Fountain", language: "en", documents: [] };

export const openReader = (context: GatewayContext): Reader => {
  const fields = context.get("fields");
  const jar = openJar(fields.get("cookie"));
  const { path, url } = context.req;
  const query = fieldsIn(URL.parse(url)?.search ?? "");
  // Without usable settings there are no services, and only errors to show.
  const services: GatewayServices | undefined = context.get("services");
  const installation = services?.installation ?? NAMELESS;
  const preferred = preferredLanguage(fields.get("accept-language")) ?? installation.language;
  const language = languageOf(query, jar, preferred);
  return { context, path, query, jar, installation, language, texts: LANGUAGES[language] };
};

export const openPage = (context: GatewayContext, dispatch: Dispatch, form: Form): PageCall => {
  const send = createSend(dispatch, context);
  return { ...openReader(context), form, send, operate: createOperate(send) };
};
