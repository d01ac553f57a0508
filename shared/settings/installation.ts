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
