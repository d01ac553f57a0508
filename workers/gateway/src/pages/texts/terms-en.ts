/** What the pages say in English of the operator's conditions. */
import type { LegalDocument } from "#shared/contracts/people.ts";

export const TERMS_EN = {
  terms: {
    title: "Terms and privacy",
    due: "Before you continue, please read what applies here now, and agree to it.",
    done: "You have agreed to everything that applies here.",
    none: "There is nothing here that you are asked to agree to.",
    names: { terms: "Terms of use", privacy: "Privacy policy" } satisfies Record<LegalDocument, string>,
    agree: {
      terms: "I agree to the terms of use.",
      privacy: "I have read the privacy policy, and agree to it.",
    } satisfies Record<LegalDocument, string>,
    read: (version: string) => `Read version ${version} (opens in a new tab)`,
    missing: "Please agree to it to continue.",
    submit: "Agree and continue",
    given: (version: string, instant: string) => `Version ${version}, agreed on ${instant}`,
    until: (instant: string) => `withdrawn on ${instant}`,
    history: "What you have agreed to",
    withdraw: "Withdraw",
    withdrawWhy:
      "Who withdraws is asked again at once. Without your agreement you can see and delete your data, and no more.",
    withdrawn: "Your agreement is withdrawn.",
    instead: "You do not agree?",
    data: "See or delete your data",
    manage: "Terms and privacy: what you have agreed to",
  },
};

export type TermsTexts = typeof TERMS_EN;
