/** Mails as HTML that every reader shows: no images, no links to other hosts, nothing that loads. */
import type { Language } from "#shared/contracts/mails.ts";
import type { MailText } from "./texts/text.ts";

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text that stays text, between tags and in attributes. */
const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const BODY = "margin:0;padding:24px;font:16px/1.5 system-ui,sans-serif";
const CARD = "max-width:36em;margin:0 auto";

/** With its address in plain sight. */
const linkOf = ({ label, url }: { label: string; url: string }): string =>
  `<p><strong><a href="${escapeHtml(url)}">${escapeHtml(label)}</a></strong><br>${escapeHtml(url)}</p>\n`;

/** The mail, with everything in it escaped. */
export const htmlOf = (
  { subject, action, link, notes = [], ifNotYou }: MailText,
  { installation, language }: { installation: string; language: Language },
): string => `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(subject)}</title>
</head>
<body style="${BODY}">
<div style="${CARD}">
<h1 style="font-size:20px">${escapeHtml(subject)}</h1>
<p>${escapeHtml(action)}</p>
${link ? linkOf(link) : ""}${[...notes, ifNotYou].map((note) => `<p>${escapeHtml(note)}</p>\n`).join("")}<p style="font-size:14px;opacity:.7">${escapeHtml(installation)}</p>
</div>
</body>
</html>
`;
