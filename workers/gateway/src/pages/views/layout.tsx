/** What all pages have around their content. */

import { raw } from "hono/html";
import type { FC, PropsWithChildren } from "hono/jsx";
import type { Language } from "#shared/contracts/mails.ts";
import type { Installation } from "../../composition/services.ts";
import { ICON, MARK_PATHS } from "../../docs/page.ts";
import { formToken, TOKEN_FIELD } from "../frame/forgery.ts";
import type { Form, Reader } from "../frame/page-call.ts";
import { PAGES_SCRIPT } from "../frame/pages-script.ts";
import { PAGES_STYLE } from "../frame/pages-style.ts";
import { LANGUAGES } from "../texts/languages.ts";

interface FormProps {
  page: Reader;
  action: string;
  /** Fields that are not shown. */
  hidden?: Form;
  class?: string;
  /** What the script does before the form is sent. */
  ceremony?: "log-in" | "authenticate" | "register";
  /** For that. */
  options?: string;
}

/** A form that only a page of ours can send. */
export const SafeForm: FC<PropsWithChildren<FormProps>> = ({
  page,
  action,
  hidden = {},
  ceremony,
  options,
  ...props
}) => (
  <form method="post" action={action} class={props.class} data-ceremony={ceremony} data-options={options}>
    <input type="hidden" name={TOKEN_FIELD} value={formToken(page.jar.formSecret())} />
    {Object.entries(hidden).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    {props.children}
  </form>
);

const TABS = [
  ["/account", "profile"],
  ["/account/security", "security"],
  ["/account/sessions", "sessions"],
  ["/account/applications", "applications"],
  ["/account/data", "data"],
] as const;

const Tabs: FC<{ page: Reader; current: string }> = ({ page, current }) => (
  <nav class="tabs" aria-label={page.texts.nav.label}>
    {TABS.map(([path, name]) => (
      <a href={path} aria-current={path === current ? "page" : undefined}>
        {page.texts.nav[name]}
      </a>
    ))}
  </nav>
);

/** This page in the other language; a page that a form led to is opened from the start. */
const inLanguage = ({ path, context }: Reader, lang: Language): string => {
  const query = new URLSearchParams(URL.parse(context.req.url)?.search);
  query.set("lang", lang);
  return `${path}?${query}`;
};

const Languages: FC<{ page: Reader }> = ({ page }) => (
  <nav aria-label={page.texts.common.languages}>
    {Object.entries(LANGUAGES).map(([code, { language, locale }]) => (
      <a
        href={inLanguage(page, code === "de" ? "de" : "en")}
        lang={locale}
        hreflang={locale}
        aria-current={code === page.language ? "true" : undefined}
      >
        {language}
      </a>
    ))}
  </nav>
);

/** Its name stands beside it. */
const Mark: FC<{ installation: Installation }> = ({ installation: { logo } }) =>
  logo === undefined ? (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      {raw(MARK_PATHS)}
    </svg>
  ) : (
    <img src={logo} alt="" />
  );

const Legal: FC<{ page: Reader }> = ({ page: { installation, texts } }) => {
  const links = [
    [installation.termsUrl, texts.common.terms],
    [installation.privacyUrl, texts.common.privacy],
  ] as const;
  const given = links.filter(([url]) => url !== undefined);
  if (given.length === 0) return null;
  return (
    <p>
      {given.map(([url, text]) => (
        <a href={url} rel="noreferrer">
          {text}
        </a>
      ))}
    </p>
  );
};

interface LayoutProps {
  page: Reader;
  title: string;
  /** The tab of the account that is open; none, where there are none. */
  current?: string;
  /** Where the next login leads for those who log out of this page; none, where no one is logged in, or as on any account page. */
  leave?: string;
  narrow?: boolean;
  /** Where the browser continues at once, by itself. */
  refresh?: string;
}

/** On every page that only those see who are logged in. */
const LogOut: FC<{ page: Reader; next?: string | undefined }> = ({ page, next }) => (
  <SafeForm page={page} action="/account/logout" class="inline" hidden={next === undefined ? {} : { next }}>
    <button type="submit" class="quiet">
      {page.texts.common.logOut}
    </button>
  </SafeForm>
);

export const Layout: FC<PropsWithChildren<LayoutProps>> = ({
  page,
  title,
  current,
  leave,
  narrow,
  refresh,
  children,
}) => (
  <html lang={page.texts.locale}>
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      {refresh !== undefined && <meta http-equiv="refresh" content={`0;url=${refresh}`} />}
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · ${page.installation.name}`}</title>
      <link rel="icon" href={page.installation.logo ?? ICON} />
      <style>{raw(PAGES_STYLE)}</style>
    </head>
    <body>
      <a class="skip" href="#content">
        {page.texts.common.skip}
      </a>
      <header class="top">
        <div class="bar">
          <a class="brand" href={current === undefined ? "/" : "/account"}>
            <Mark installation={page.installation} />
            <span>{page.installation.name}</span>
          </a>
          {current !== undefined && <Tabs page={page} current={current} />}
          {(current ?? leave) !== undefined && <LogOut page={page} next={leave} />}
        </div>
      </header>
      <main id="content" class={narrow ? "narrow" : undefined}>
        {children}
      </main>
      <footer>
        <Languages page={page} />
        <Legal page={page} />
      </footer>
      <script>{raw(PAGES_SCRIPT)}</script>
    </body>
  </html>
);
