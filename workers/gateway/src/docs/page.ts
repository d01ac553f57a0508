/** What the two HTML pages share: their policy for the browser, and their look. */
import { createHash } from "node:crypto";

/** One page: everything it needs is in it. */
export interface Page {
  html: string;
  /** Style and script exactly as they stand between their tags: nothing else of the kind will run. */
  style: string;
  script?: string;
}

/** The source expression of a policy that allows a style or a script of exactly this text. */
export const hashOf = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The response with a Content-Security-Policy that allows only this page's own style and script, by hash. */
export const pageResponse = ({ html, style, script }: Page): Response => {
  const policy = [
    "default-src 'none'",
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    ...(script === undefined
      ? []
      : [`script-src ${hashOf(script)}`, "connect-src 'self'", "require-trusted-types-for 'script'"]),
  ];
  return new Response(html, {
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": policy.join("; "),
      "cache-control": "no-cache",
    },
  });
};

/** A jet of water over a basin, as a favicon and as a mark. */
export const MARK_PATHS =
  '<path d="M16 20V9m0 0c0-4-7-5-8 1m8-1c0-4 7-5 8 1M16 9c0-2 0-4 0-5" fill="none" stroke="#2f7fd8" stroke-width="2" stroke-linecap="round"/>' +
  '<path d="M4 21h24c0 5-5 8-12 8S4 26 4 21Z" fill="#1d4f91"/>';

export const ICON = `data:image/svg+xml,${encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">${MARK_PATHS}</svg>`,
)}`;

export const BASE_STYLE = `
:root { color-scheme: light dark; --ink: #14212f; --soft: #52657a; --paper: #f7fafc; --card: #fff; --line: #d9e3ec;
  --water: #1f6fc9; --deep: #10365f; --warn: #a15c00; --bad: #b3261e; --good: #1a7f4b;
  --mono: ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eef5; --soft: #9db0c3; --paper: #0d1620; --card: #142130;
  --line: #26384a; --water: #6db3ff; --deep: #cfe5ff; --warn: #f0b35c; --bad: #ff8f86; --good: #6fd6a1; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--water); }
code, pre { font-family: var(--mono); font-size: .875em; }
code { overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--water); outline-offset: 2px; }
`;
