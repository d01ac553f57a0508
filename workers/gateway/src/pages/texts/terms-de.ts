/** What the pages say in German of the operator's conditions. */
import type { TermsTexts } from "./terms-en.ts";

export const TERMS_DE: TermsTexts = {
  terms: {
    title: "Bedingungen und Datenschutz",
    due: "Bevor es weitergeht, lesen Sie bitte, was hier jetzt gilt, und stimmen Sie zu.",
    done: "Sie haben allem zugestimmt, was hier gilt.",
    none: "Hier gibt es nichts, dem Sie zustimmen müssten.",
    names: { terms: "Nutzungs\u00ADbedingungen", privacy: "Datenschutzerklärung" },
    agree: {
      terms: "Ich stimme den Nutzungsbedingungen zu.",
      privacy: "Ich habe die Datenschutzerklärung gelesen und stimme ihr zu.",
    },
    read: (version) => `Fassung ${version} lesen (öffnet einen neuen Tab)`,
    missing: "Bitte stimmen Sie zu, um fortzufahren.",
    submit: "Zustimmen und weiter",
    given: (version, instant) => `Fassung ${version}, zugestimmt am ${instant}`,
    until: (instant) => `widerrufen am ${instant}`,
    history: "Wozu Sie zugestimmt haben",
    withdraw: "Widerrufen",
    withdrawWhy:
      "Wer widerruft, wird sofort wieder gefragt. Ohne Ihre Zustimmung können Sie nur noch Ihre Daten ansehen und löschen.",
    withdrawn: "Ihre Zustimmung ist widerrufen.",
    instead: "Sie stimmen nicht zu?",
    data: "Ihre Daten ansehen oder löschen",
    manage: "Bedingungen und Datenschutz: wozu Sie zugestimmt haben",
  },
};
