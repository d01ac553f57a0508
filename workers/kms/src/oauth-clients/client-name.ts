/** What people are shown that a client is called. */
import { HOLDS_CREDENTIAL, holdsNoCredential } from "#shared/contracts/credential-shape.ts";
import { unicodeText } from "#shared/contracts/input.ts";
import { isVisibleText, NOT_VISIBLE } from "#shared/contracts/visible-text.ts";

const MAX_CHARACTERS = 80;

export const clientName = unicodeText({ min: 1, max: MAX_CHARACTERS })
  .refine(isVisibleText, NOT_VISIBLE)
  .refine(holdsNoCredential, HOLDS_CREDENTIAL);
