/** The page on which one reads and tries every operation. */
import { html, raw } from "hono/html";
import { DOCS_SCRIPT } from "./docs-script.ts";
import { BASE_STYLE, ICON, type Page } from "./page.ts";

const STYLE = `${BASE_STYLE}
header { position: sticky; top: 0; z-index: 1; background: var(--card); border-bottom: 1px solid var(--line); }
.bar { max-width: 64rem; margin: 0 auto; padding: .75rem 1.5rem; display: flex; flex-wrap: wrap; gap: .75rem;
  align-items: center; }
.bar h1 { margin: 0 auto 0 0; font-size: 1.2rem; }
.bar h1 a { color: var(--deep); text-decoration: none; }
#acting { flex-basis: 100%; margin: 0; color: var(--good); font-size: .875rem; }
#acting:empty { display: none; }
main { max-width: 64rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.15rem; }
h2 small { font-weight: 400; color: var(--soft); }
input, select, textarea, button { font: inherit; color: inherit; padding: .4rem .6rem; border: 1px solid var(--line);
  border-radius: .5rem; background: var(--paper); }
textarea { width: 100%; font-family: var(--mono); font-size: .875rem; }
button { background: var(--water); border-color: var(--water); color: var(--paper); font-weight: 600; cursor: pointer;
  padding: .4rem 1.2rem; }
.operation { margin: .4rem 0; border: 1px solid var(--line); border-radius: .6rem; background: var(--card); }
.operation > :not(summary) { margin-left: 1rem; margin-right: 1rem; }
summary { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; padding: .55rem 1rem; cursor: pointer; }
.verb { min-width: 4.2rem; font: 700 .75rem var(--mono); color: var(--water); }
.verb.post, .verb.put { color: var(--good); }
.verb.delete { color: var(--bad); }
.what { color: var(--soft); margin-right: auto; }
.chip { padding: 0 .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .75rem; color: var(--soft); }
.chip.strong { border-color: var(--warn); color: var(--warn); }
form { display: grid; gap: .75rem; padding-bottom: 1rem; justify-items: start; }
.field { display: grid; gap: .2rem; width: 100%; }
.field span { font-size: .875rem; font-weight: 600; }
.field input { max-width: 28rem; }
.field small { color: var(--soft); }
.responses { padding-left: 0; list-style: none; color: var(--soft); font-size: .875rem; }
.output { width: 100%; min-width: 0; }
.output p { margin: .25rem 0; }
.output pre { max-height: 28rem; overflow: auto; margin: .5rem 0 0; padding: .75rem 1rem; border-radius: .5rem;
  background: var(--paper); border: 1px solid var(--line); }
.address { font-family: var(--mono); font-size: .8rem; color: var(--soft); overflow-wrap: anywhere; }
.status.good { color: var(--good); }
.status.bad { color: var(--bad); }
`;

/** The page; it is the same for everyone. */
export const docsPage = (): Page => ({
  style: STYLE,
  script: DOCS_SCRIPT,
  html: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fountain API reference</title>
<link rel="icon" href="${ICON}">
<style>${raw(STYLE)}</style>
</head>
<body>
<header><div class="bar">
<h1><a href="/">Fountain</a></h1>
<input id="filter" type="search" placeholder="Filter operations" aria-label="Filter operations">
<select id="kind" aria-label="Kind of credential">
<option value="token">Access token</option>
<option value="key">API key</option>
</select>
<input id="secret" type="password" autocomplete="off" placeholder="Paste it, or log in below" aria-label="Credential">
<p id="acting" aria-live="polite"></p>
</div></header>
<main>
<p>After a login with <code>POST /kms/login</code>, the following calls use its token. Credentials stay in
this page until you reload it.</p>
<div id="operations"><p>Reading <a href="/openapi.json">/openapi.json</a> …</p></div>
<noscript><p>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> does not.</p></noscript>
</main>
<script>${raw(DOCS_SCRIPT)}</script>
</body>
</html>
`.toString(),
});
