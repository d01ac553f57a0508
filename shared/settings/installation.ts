/** What an installation calls itself, and the language it speaks to those of whom it knows none. */
import { z } from "zod";
import { LANGUAGES } from "../contracts/mails.ts";
import { LEGAL_DOCUMENTS, type LegalDocument, type LegalDocuments } from "../contracts/people.ts";
import { choice, type Rule, setting } from "./settings.ts";

/** It stands in the URIs of authenticator apps, in text messages, and in the subjects of mails. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} .,'&()_-]{0,38}[\p{L}\p{N}.)])?$/u;

export const installationBindings = {
  INSTALLATION_NAME: setting(
    "a name of at most 40 letters, digits, spaces and .,'&()_-",
    z.string().regex(NAME).default("Fountain"),
  ),
  DEFAULT_LANGUAGE: choice(LANGUAGES, "en"),
};

const MAX_LINK_CHARACTERS = 1_024;

const link = setting(
  "an https or http URL, such as https://example.com/terms",
  z
    .url({ protocol: /^https?$/ })
    .max(MAX_LINK_CHARACTERS)
    .optional(),
);

/** It stands in paths of consents, in forms and in pages. */
const VERSION = /^[A-Za-z\d][A-Za-z\d._-]{0,31}$/;

const version = setting(
  "a version of at most 32 letters, digits and ._-, such as 2026-11",
  z.string().regex(VERSION).optional(),
);

/** What people are shown of the operator's conditions and, where these have a version, asked to agree to. */
export const legalBindings = {
  TERMS_URL: link,
  TERMS_VERSION: version,
  PRIVACY_URL: link,
  PRIVACY_VERSION: version,
};

interface Legal {
  TERMS_URL?: string | undefined;
  TERMS_VERSION?: string | undefined;
  PRIVACY_URL?: string | undefined;
  PRIVACY_VERSION?: string | undefined;
}

const SETTINGS = {
  terms: { url: "TERMS_URL", version: "TERMS_VERSION" },
  privacy: { url: "PRIVACY_URL", version: "PRIVACY_VERSION" },
} as const satisfies Record<LegalDocument, { url: keyof Legal; version: keyof Legal }>;

/** No one can agree to what they cannot read. */
export const legalRules = LEGAL_DOCUMENTS.map((document): Rule<Legal> => {
  const { url, version: name } = SETTINGS[document];
  return {
    settings: [url, name],
    conflict: (env) =>
      env[name] !== undefined && env[url] === undefined ? [name, `is set, but ${url} is not`] : undefined,
  };
});

/** The documents that people are asked to agree to. */
export const legalDocumentsOf = (env: Legal): LegalDocuments =>
  LEGAL_DOCUMENTS.flatMap((document) => {
    const { url, version: name } = SETTINGS[document];
    const [at, inForce] = [env[url], env[name]];
    return at === undefined || inForce === undefined ? [] : [{ document, version: inForce, url: at }];
  });

/** It stands in every page. */
const MAX_LOGO_CHARACTERS = 32 * 1024;
const LOGO = /^data:image\/(?:png|svg\+xml|webp);base64,[A-Za-z\d+/]+={0,2}$/;

/** What pages show of the installation besides. */
export const pageBindings = {
  INSTALLATION_LOGO: setting(
    "data:image/svg+xml;base64,… (or png, webp) with at most 32768 characters",
    z.string().max(MAX_LOGO_CHARACTERS).regex(LOGO).optional(),
  ),
};
