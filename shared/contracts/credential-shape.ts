/**
 * How the credentials look that callers hold: API keys, refresh tokens, cookies of browsers, links, wrapping tokens, and secrets of
 * clients and of webhooks.
 */

/** `ftn_`, `ftr_`, `ftb_`, `ftl_`, `fwt_`, `fcs_` or `whsec_`, in whatever case, and what follows in each of them at the least. */
const CREDENTIAL = /(?:f(?:tn|tr|tb|tl|wt|cs)|whsec)_[\w+/-]{43}/i;

/** Whether a credential stands in the text, in full-width letters or other variants too: as a name it would be stored, listed and logged in the clear. */
export const holdsCredential = (text: string): boolean => CREDENTIAL.test(text.normalize("NFKC"));

/** The same, the other way round, and what is said of a text that is not accepted for that. */
export const holdsNoCredential = (text: string): boolean => !holdsCredential(text);
export const HOLDS_CREDENTIAL = "must not contain an API key or another credential of Fountain";
