/** The page on which one reads and tries every operation. */
import { html, raw } from "hono/html";
import { DOCS_SCRIPT } from "./docs-script.generated.ts";
import { DOCS_STYLE } from "./docs-style.ts";
import { ICON, type Page } from "./page.ts";

/** The page; it is the same for everyone. */
export const docsPage = (): Page => ({
  style: DOCS_STYLE,
  script: DOCS_SCRIPT,
  html: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fountain API reference</title>
<link rel="icon" href="${ICON}">
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<header><div class="bar">
<h1><a href="/">Fountain</a></h1>
<button id="menu-button" type="button" aria-expanded="false" aria-controls="menu">Operations</button>
<input id="search" type="search" placeholder="Search operations ( / )" aria-label="Search operations" autocomplete="off"
  spellcheck="false">
<p id="found" aria-live="polite"></p>
<div id="account"></div>
<p id="acting" aria-live="polite"></p>
</div></header>
<div class="shell">
<nav id="menu" aria-label="Operations"></nav>
<main>
<p>Log in once, open an operation and send it. Calls go to this installation and have their effect there. The document
behind this page is <a href="/openapi.json">/openapi.json</a>.</p>
<div id="operations"><p>Reading <a href="/openapi.json">/openapi.json</a> …</p></div>
<noscript><p>This page needs JavaScript; <a href="/openapi.json">/openapi.json</a> does not.</p></noscript>
</main>
</div>
<script>${raw(DOCS_SCRIPT)}</script>
</body>
</html>
`.toString(),
});
