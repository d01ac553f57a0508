/** What an installation calls itself, and the language it speaks to those of whom it knows none. */
import { z } from "zod";
import { LANGUAGES } from "../contracts/mails.ts";
import { choice, setting } from "./settings.ts";

/** It stands in the URIs of authenticator apps, in text messages, and in the subjects of mails. */
const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} .,'&()_-]{0,38}[\p{L}\p{N}.)])?$/u;

export const installationBindings = {
  INSTALLATION_NAME: setting(
    "a name of at most 40 letters, digits, spaces and .,'&()_-",
    z.string().regex(NAME).default("Fountain"),
  ),
  DEFAULT_LANGUAGE: choice(LANGUAGES, "en"),
};

/** It stands in every page. */
const MAX_LOGO_CHARACTERS = 32 * 1024;
const LOGO = /^data:image\/(?:png|svg\+xml|webp);base64,[A-Za-z\d+/]+={0,2}$/;
const MAX_LINK_CHARACTERS = 1_024;

const link = setting(
  "an https or http URL, such as https://example.com/terms",
  z
    .url({ protocol: /^https?$/ })
    .max(MAX_LINK_CHARACTERS)
    .optional(),
);

/** What pages show of the installation besides. */
export const pageBindings = {
  INSTALLATION_LOGO: setting(
    "data:image/svg+xml;base64,… (or png, webp) with at most 32768 characters",
    z.string().max(MAX_LOGO_CHARACTERS).regex(LOGO).optional(),
  ),
  TERMS_URL: link,
  PRIVACY_URL: link,
};
