/** How the credentials look that callers hold: API keys, refresh tokens and wrapping tokens. */

/** `ftn_`, `ftr_` or `fwt_` and what follows in each of them at the least. */
const CREDENTIAL = /f(?:tn|tr|wt)_[\w-]{43}/;

/** Whether a credential stands in the text: as a name it would be stored, listed and logged in the clear. */
export const holdsCredential = (text: string): boolean => CREDENTIAL.test(text);
