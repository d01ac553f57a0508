/** The relying party of passkeys (WebAuthn Level 3 §4): set by the operator, by default the host of PUBLIC_URL. */
import { z } from "zod";
import { listed, type Rule, setting } from "#shared/settings/settings.ts";
import type { RelyingParty } from "../model/passkey.ts";

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
    "a domain such as example.com, without scheme and port",
    z
      .string()
      .refine((id) => DOMAIN.test(id))
      .default(""),
  ),
  /** The origins whose pages may ask for passkeys, with commas between. */
  WEBAUTHN_ORIGINS: setting(
    "https origins with commas between, such as https://www.example.com (http for localhost only)",
    z
      .string()
      .transform(listed)
      .refine((origins) => origins.every(isUsableOrigin))
      .default([]),
  ),
};

interface RelyingPartySettings {
  PUBLIC_URL: string;
  INSTALLATION_NAME: string;
  WEBAUTHN_RP_ID: string;
  WEBAUTHN_ORIGINS: readonly string[];
}

export const relyingPartyOf = (settings: RelyingPartySettings): RelyingParty => {
  const { hostname, origin } = new URL(settings.PUBLIC_URL);
  const origins = settings.WEBAUTHN_ORIGINS.length > 0 ? settings.WEBAUTHN_ORIGINS : [origin];
  return { id: settings.WEBAUTHN_RP_ID || hostname, name: settings.INSTALLATION_NAME, origins };
};

const isWithin = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`);

/** A page of another domain could not ask for a passkey. */
export const relyingPartyRules: readonly Rule<RelyingPartySettings>[] = [
  {
    settings: ["PUBLIC_URL", "WEBAUTHN_RP_ID", "WEBAUTHN_ORIGINS"],
    conflict: (settings) => {
      const { id, origins } = relyingPartyOf(settings);
      const stranger = origins.find((origin) => !isWithin(new URL(origin).hostname, id));
      if (stranger === undefined) return undefined;
      return settings.WEBAUTHN_ORIGINS.length > 0
        ? [
            "WEBAUTHN_ORIGINS",
            `has ${stranger}, which is not in the domain ${id} (WEBAUTHN_RP_ID, by default the host of PUBLIC_URL)`,
          ]
        : [
            "WEBAUTHN_RP_ID",
            `is ${id}, and PUBLIC_URL is not in that domain: set it to that host or a domain above, or set WEBAUTHN_ORIGINS`,
          ];
    },
  },
];
