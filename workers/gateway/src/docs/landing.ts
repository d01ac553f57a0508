/** The landing page: what this is, where to look, and the first three calls. */
import { html, raw } from "hono/html";
import { DESTINATIONS } from "../backends/target.ts";
import { DESCRIPTIONS } from "./descriptions.ts";
import { BASE_STYLE, ICON, MARK_PATHS, type Page } from "./page.ts";

const STYLE = `${BASE_STYLE}
main { max-width: 46rem; margin: 0 auto; padding: 4.5rem 1.5rem 3rem; }
.mark { width: 4rem; height: 4rem; }
h1 { margin: .75rem 0 0; font-size: 2.75rem; line-height: 1.1; letter-spacing: -.02em; color: var(--deep); }
.lead { margin: .75rem 0 2rem; font-size: 1.2rem; color: var(--soft); }
nav { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; margin-bottom: 2.5rem; }
nav a { display: block; padding: .8rem 1rem; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--card); text-decoration: none; }
nav a:hover { border-color: var(--water); }
nav b { display: block; }
nav span { color: var(--soft); font-size: .875rem; }
h2 { margin: 2rem 0 .5rem; font-size: 1.1rem; }
pre { margin: 0; padding: 1rem 1.25rem; overflow-x: auto; border: 1px solid var(--line); border-radius: .75rem;
  background: var(--card); line-height: 1.7; }
.note { color: var(--soft); }
ul { padding-left: 1.2rem; }
footer { margin-top: 3rem; color: var(--soft); font-size: .875rem; }
`;

const calls = (publicUrl: string): string => `# the administrator's password
PASSWORD='…'

# log in, and keep the access token
TOKEN=$(curl -s ${publicUrl}/kms/login -H 'Content-Type: application/json' \\
  -d '{"username": "admin", "password": "'"$PASSWORD"'"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

# show your account and permissions
curl -s ${publicUrl}/kms/me -H "Authorization: Bearer $TOKEN"

# register a screenplay element
curl -s ${publicUrl}/service-a/sequence -H "Authorization: Bearer $TOKEN" \\
  -H 'Content-Type: application/json' \\
  -d '{"elementType": "character", "elementId": 1, "comment": "Mara, the diver"}'`;

const workers = DESTINATIONS.map(
  (worker) => html`<li><code>/${worker}</code> ${DESCRIPTIONS[worker]}</li>
`,
);

/** The page, with commands that reach this installation. */
export const landingPage = (publicUrl: string): Page => ({
  style: STYLE,
  html: html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Fountain</title>
<link rel="icon" href="${ICON}">
<style>${raw(STYLE)}</style>
</head>
<body>
<main>
<svg class="mark" viewBox="0 0 32 32" role="img" aria-label="Fountain">${raw(MARK_PATHS)}</svg>
<h1>Fountain</h1>
<p class="lead">The security backbone for a small team's services: it issues and rotates credentials, checks them at one
gateway, requires a second factor where it matters, and serves search through the same gateway.</p>
<nav>
<a href="/console"><b>Console</b><span>look after people, keys and services</span></a>
<a href="/account"><b>Your account</b><span>log in, and look after it</span></a>
<a href="/docs"><b>API reference</b><span>try every operation in the browser</span></a>
<a href="/openapi.json"><b>openapi.json</b><span>the OpenAPI document</span></a>
<a href="/ready"><b>Readiness</b><span>every worker and its database</span></a>
<a href="/health"><b>Health</b><span>whether the gateway runs</span></a>
</nav>
<h2>First calls</h2>
<pre tabindex="0"><code>${calls(publicUrl)}</code></pre>
<h2>Workers</h2>
<ul>
${workers}</ul>
<p class="note">Send an access token in <code>Authorization: Bearer</code>, or an API key in <code>X-API-Key</code>. Every
response has an <code>X-Request-Id</code>; every error is <code>application/problem+json</code>. Public keys are at
<a href="/.well-known/jwks.json">/.well-known/jwks.json</a>.</p>
<footer>Fountain runs on Cloudflare's edge and on a single server.</footer>
</main>
</body>
</html>
`.toString(),
});
