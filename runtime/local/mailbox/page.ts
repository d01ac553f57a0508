/** The page that shows kept mails, newest first. */
import { createHash } from "node:crypto";
import type { KeptMails } from "./kept-mails.ts";

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 48em; margin: 2em auto; padding: 0 1em }
article { border: 1px solid gray; border-radius: 6px; padding: 0 1em; margin: 1em 0 }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit }
time { opacity: .7 }
`;

/** Nothing is loaded, framed or run, and a link says to no one where it was followed from: the address is a secret. */
export const PAGE_HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "cache-control": "no-store",
};

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

/** Escaped text whose addresses can be followed. */
const withLinks = (text: string): string =>
  escapeHtml(text).replace(/https?:\/\/[^\s<>]+/g, (url) => `<a href="${url}">${url}</a>`);

/** The time that a file's name begins with, to the second. */
const timeIn = (name: string): string => name.slice(0, 19).replace(/T(\d\d)-(\d\d)-/, " $1:$2:");

export const mailPage = (mails: ReturnType<KeptMails["list"]>): string => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Mails · Fountain</title><style>${STYLE}</style></head>
<body>
<h1>Mails</h1>
<p>No mail server is set up, so mails are kept on this machine. Reload the page for newer ones.</p>
${mails.map(({ name, mail }) => `<article>\n<p><time>${timeIn(name)} UTC</time></p>\n<pre>${withLinks(mail)}</pre>\n</article>`).join("\n") || "<p>There are none yet.</p>"}
</body>
</html>
`;
