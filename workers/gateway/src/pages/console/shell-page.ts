/** The page of the console: what its script needs, and a policy that lets nothing but the workers' own modules run. */
import { html, raw } from "hono/html";
import { PANEL_ROUTE, panelRow } from "#shared/console/panels.ts";
import { WORKERS } from "#shared/contracts/workers.ts";
import { ROUTES } from "#shared/policy/routes.ts";
import { hashOf, ICON } from "../../docs/page.ts";
import { formToken } from "../frame/forgery.ts";
import type { PageCall } from "../frame/page-call.ts";
import { pageResponse } from "../frame/response.ts";
import { CONSOLE_STYLE } from "./console-style.ts";

const SCRIPT_PATH = "/console/console.js";

/** The workers that bring panels, by the route table. */
const MODULES = WORKERS.filter((worker) => panelRow(worker) in ROUTES[worker]).map(
  (worker) => `/${worker}${PANEL_ROUTE}`,
);

const PANEL_IMPORTS = ["#console", "preact", "preact/hooks", "preact/jsx-runtime"];
const IMPORT_MAP = JSON.stringify({ imports: Object.fromEntries(PANEL_IMPORTS.map((name) => [name, SCRIPT_PATH])) });

const STYLE_HASH = hashOf(CONSOLE_STYLE);
const IMPORT_MAP_HASH = hashOf(IMPORT_MAP);

/** Scripts of services behind the gateway have the same origin, so that each of ours is named. */
const policyFor = (origins: readonly string[]): string => {
  const at = (paths: readonly string[]): string =>
    origins.flatMap((origin) => paths.map((path) => origin + path)).join(" ");
  return [
    "default-src 'none'",
    `style-src ${STYLE_HASH}`,
    `script-src ${IMPORT_MAP_HASH} ${at([SCRIPT_PATH, ...MODULES])}`,
    `connect-src ${at(["/console/call", "/console/verify"])}`,
    "img-src data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
  ].join("; ");
};

/** In a script element, `<` is the only character that could end it. */
const jsonFor = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

const originsOf = ({ context }: PageCall): string[] => [
  ...new Set([context.get("services").publicUrl, context.req.url].map((url) => new URL(url).origin)),
];

export const showConsole = (page: PageCall): Response => {
  const { name, logo } = page.installation;
  const data = jsonFor({ form: formToken(page.jar.formSecret()), name, modules: MODULES });
  const text = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Console · ${name}</title>
<link rel="icon" href="${logo ?? ICON}">
<style>${raw(CONSOLE_STYLE)}</style>
<script type="importmap">${raw(IMPORT_MAP)}</script>
<script type="application/json" id="console-data">${raw(data)}</script>
<script type="module" src="${SCRIPT_PATH}"></script>
</head>
<body>
<div id="console"></div>
<noscript><p>The console needs JavaScript. <a href="/account">Your account</a> does not.</p></noscript>
</body>
</html>
`.toString();
  return pageResponse(page, text, { "content-security-policy": policyFor(originsOf(page)), "content-language": "en" });
};
