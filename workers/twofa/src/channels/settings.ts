/** The settings of email and text messages. Incomplete ones are refused at the start, not at the first login. */
import { z } from "zod";
import { setting, UnusableSettings } from "#shared/http/bindings.ts";
import { parseAddress } from "../model/destination.ts";

export interface SmtpSettings {
  host: string;
  port: number;
  /** Whether TLS begins with the connection; otherwise by STARTTLS, without which nothing is sent. */
  implicitTls: boolean;
  user: string;
  password: string;
  from: string;
}

export interface TwilioSettings {
  /** The API's address, `https://api.twilio.com`. */
  url: string;
  accountSid: string;
  authToken: string;
  /** A number of ours, or a messaging service (`MG…`). */
  from: string;
}

/** As much of `SendEmail` as is needed. */
export interface EmailBinding {
  send(message: { from: string; to: string; subject: string; text: string }): Promise<unknown>;
}

const MAX_EXPIRATION_MINUTES = 15;
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;
const MAX_PORT = 65_535;

const text = setting(z.string().default(""));

/** `Name <address>`, or the address alone. */
const SENDER = /^(?:[^<>\r\n]*<([^<>\s]+)>|([^<>\s]+))$/;

/** The address of a sender; `undefined` when there is none in it. */
export const senderAddress = (from: string): string | undefined => {
  const [, named, bare] = SENDER.exec(from.trim()) ?? [];
  const address = named ?? bare;
  return address === undefined ? undefined : parseAddress(address);
};

export const channelBindings = {
  /** How long a code that was sent is valid. */
  OTP_EXPIRATION_MINUTES: setting(z.coerce.number().int().min(1).max(MAX_EXPIRATION_MINUTES).default(5)),
  /** `smtp://` (STARTTLS) or `smtps://` (TLS from the start), with user, password, host and port. */
  SMTP_URL: text,
  /** The same in parts: port 465 means TLS from the start. */
  SMTP_HOST: text,
  SMTP_PORT: setting(z.preprocess((value) => value || SUBMISSION_PORT, z.coerce.number().int().min(1).max(MAX_PORT))),
  SMTP_USER: text,
  SMTP_PASSWORD: text,
  /** Where the mail server may be; workerd's configuration enforces it. */
  SMTP_NETWORK: setting(z.enum(["public", "private"]).default("public")),
  MAIL_FROM: text.refine((from) => from === "" || senderAddress(from) !== undefined, "must be an email address"),
  /** Cloudflare's binding for mail, where no mail server is set. */
  MAIL: setting(z.custom<EmailBinding>((value) => typeof value === "object" || typeof value === "function").optional()),
  TWILIO_ACCOUNT_SID: text.refine((sid) => /^(AC[0-9a-fA-F]{32})?$/.test(sid), "must be AC and 32 hex digits"),
  TWILIO_AUTH_TOKEN: text,
  TWILIO_FROM: text,
  TWILIO_URL: setting(z.preprocess((value) => value || "https://api.twilio.com", z.url({ protocol: /^https?$/ }))),
};

export type ChannelBindings = z.infer<z.ZodObject<typeof channelBindings>>;

const PROTOCOLS: Record<string, { implicitTls: boolean; port: number } | undefined> = {
  "smtp:": { implicitTls: false, port: SUBMISSION_PORT },
  "smtps:": { implicitTls: true, port: SUBMISSIONS_PORT },
};

const fromUrl = (text: string, from: string): SmtpSettings | undefined => {
  const url = URL.parse(text);
  const protocol = url && PROTOCOLS[url.protocol];
  if (!protocol || url.hostname === "") return undefined;
  return {
    host: url.hostname,
    port: url.port === "" ? protocol.port : Number(url.port),
    implicitTls: protocol.implicitTls,
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    from,
  };
};

/** The mail server; `undefined` when none is set. Throws if the settings are incomplete. */
export const smtpSettings = (bindings: ChannelBindings): SmtpSettings | undefined => {
  const { SMTP_URL, SMTP_HOST, SMTP_PORT, SMTP_USER, SMTP_PASSWORD, MAIL_FROM } = bindings;
  if (SMTP_URL === "" && SMTP_HOST === "") return undefined;
  if (SMTP_URL !== "" && SMTP_HOST !== "")
    throw new UnusableSettings("SMTP_URL and SMTP_HOST are both set: keep one of them");
  if (MAIL_FROM === "") throw new UnusableSettings("MAIL_FROM is missing: set it to the sender's email address");
  const settings =
    SMTP_URL === ""
      ? {
          host: SMTP_HOST,
          port: SMTP_PORT,
          implicitTls: SMTP_PORT === SUBMISSIONS_PORT,
          user: SMTP_USER,
          password: SMTP_PASSWORD,
          from: MAIL_FROM,
        }
      : fromUrl(SMTP_URL, MAIL_FROM);
  if (!settings)
    throw new UnusableSettings("SMTP_URL is invalid: set it to smtp://user:password@host:587 or smtps://…:465");
  if ((settings.user === "") !== (settings.password === ""))
    throw new UnusableSettings("SMTP_USER and SMTP_PASSWORD must be set together");
  return settings;
};

/** The account at Twilio; `undefined` when none is set. Throws if the settings are incomplete. */
export const twilioSettings = (bindings: ChannelBindings): TwilioSettings | undefined => {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_URL } = bindings;
  const set = [TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM].filter((value) => value !== "");
  if (set.length === 0) return undefined;
  if (set.length < 3)
    throw new UnusableSettings("TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_FROM must be set together");
  return {
    url: TWILIO_URL.replace(/\/$/, ""),
    accountSid: TWILIO_ACCOUNT_SID,
    authToken: TWILIO_AUTH_TOKEN,
    from: TWILIO_FROM,
  };
};
