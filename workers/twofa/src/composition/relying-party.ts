/** The relying party of passkeys (WebAuthn Level 3 §4): set by the operator, by default the host of PUBLIC_URL. */
import { z } from "zod";
import { setting, UnusableSettings } from "#shared/http/bindings.ts";
import type { RelyingParty } from "../model/passkey.ts";

const NAME = "Fountain";
const DOMAIN = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Browsers make passkeys on secure pages only, and on the machine's own. */
const isUsableOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  if (url?.origin !== text) return false;
  return url.protocol === "https:" || (url.protocol === "http:" && isOwnMachine(url.hostname));
};

const isOwnMachine = (host: string): boolean => host === "localhost" || host.endsWith(".localhost");

export const relyingPartyBindings = {
  /** The domain that passkeys are bound to: that of the pages, or one above it. It cannot be changed later on. */
  WEBAUTHN_RP_ID: setting(
    z
      .string()
      .default("")
      .refine((id) => id === "" || DOMAIN.test(id), "must be a domain such as example.com, without scheme or port"),
  ),
  /** The origins whose pages may ask for passkeys, with commas between. */
  WEBAUTHN_ORIGINS: setting(
    z
      .string()
      .default("")
      .transform((list) => list.split(",").flatMap((origin) => origin.trim() || []))
      .refine(
        (origins) => origins.every(isUsableOrigin),
        "must be origins, separated by commas, such as https://www.example.com or http://localhost:3000",
      ),
  ),
};

interface RelyingPartySettings {
  PUBLIC_URL: string;
  WEBAUTHN_RP_ID: string;
  WEBAUTHN_ORIGINS: readonly string[];
}

/** Throws when a page of one of the origins could not ask for a passkey of that domain. */
export const relyingPartyOf = (settings: RelyingPartySettings): RelyingParty => {
  const { hostname, origin } = new URL(settings.PUBLIC_URL);
  const id = settings.WEBAUTHN_RP_ID || hostname;
  const origins = settings.WEBAUTHN_ORIGINS.length > 0 ? settings.WEBAUTHN_ORIGINS : [origin];
  const stranger = settings.WEBAUTHN_ORIGINS.find((each) => !isWithin(new URL(each).hostname, id));
  if (stranger !== undefined)
    throw new UnusableSettings(`WEBAUTHN_ORIGINS has ${stranger}, which is not in the domain ${id} (WEBAUTHN_RP_ID)`);
  return { id, name: NAME, origins };
};

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);
