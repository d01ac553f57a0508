/** Where to report a vulnerability of this installation: `security.txt` (RFC 9116). */

const DAY_MS = 24 * 60 * 60 * 1000;
/** RFC 9116 §2.5.5: less than a year. */
const VALID_DAYS = 90;

export interface SecurityTxtOptions {
  publicUrl: string;
  /** URIs, the preferred one first; none: the mailbox that RFC 2142 §4 reserves for this, at the host of `publicUrl`. */
  contacts: readonly string[];
  nowMs: number;
}

/** The text of `/.well-known/security.txt`, good for ninety days. */
export const securityTxt = ({ publicUrl, contacts, nowMs }: SecurityTxtOptions): string => {
  const named = contacts.length > 0 ? contacts : [`mailto:security@${new URL(publicUrl).hostname}`];
  const endsAtMs = (Math.floor(nowMs / DAY_MS) + VALID_DAYS) * DAY_MS;
  return [
    ...named.map((contact) => `Contact: ${contact}`),
    `Expires: ${new Date(endsAtMs).toISOString().replace(/\.\d+Z$/, "Z")}`,
    "Preferred-Languages: en",
    `Canonical: ${publicUrl}/.well-known/security.txt`,
    "",
  ].join("\n");
};
