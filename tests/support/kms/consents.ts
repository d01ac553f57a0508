/** Consents to the operator's conditions: settings that ask for some, and examples of the calls. */
import type { Target } from "../kms.ts";
import { send } from "../kms.ts";
import { arrangements, type Example } from "./arrangements.ts";

export const TERMS_VERSION = "2026-11";

/** With these, people are asked to agree to terms of use. */
export const TERMS_SETTINGS = { TERMS_URL: "https://films.example/terms", TERMS_VERSION };

export const consentExamplesOf = (kms: () => Target, token: () => string): Record<string, Example> => {
  const { newUser } = arrangements(kms, token);
  const path = "/me/consents/terms";
  const body = { version: TERMS_VERSION };
  return {
    "PUT /me/consents/{document}": {
      action: "consent.give",
      arrange: async () => ({ path, token: (await newUser()).accessToken, body }),
    },
    "DELETE /me/consents/{document}": {
      action: "consent.withdraw",
      arrange: async () => {
        const { accessToken } = await newUser();
        await send(kms(), "PUT", path, { token: accessToken, body });
        return { path, token: accessToken };
      },
    },
  };
};
