/** What people are shown that a client is called. */
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { unicodeText } from "#shared/contracts/input.ts";
import { isVisibleText, NOT_VISIBLE } from "#shared/contracts/visible-text.ts";

export const MAX_CLIENT_NAME_CHARACTERS = 80;

/** Made where it is used: only a schema that is made once routes are loaded can be documented. */
export const clientName = () =>
  unicodeText({ min: 1, max: MAX_CLIENT_NAME_CHARACTERS })
    .refine(isVisibleText, NOT_VISIBLE)
    .refine(holdsNoCredential, HOLDS_CREDENTIAL);
