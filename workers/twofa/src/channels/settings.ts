/** The settings of email and text messages. Incomplete ones are refused at the start, not at the first login. */
import { z } from "zod";
import { fetcher, optionalBinding } from "#shared/http/bindings.ts";
import { choice, type Rule, secretSetting, setting, wholeNumber } from "#shared/settings/settings.ts";
import type { Registration } from "#shared/settings/sign-in.ts";
import { parseAddress } from "../model/destination.ts";

export interface SmtpSettings {
  host: string;
  port: number;
  /** Whether TLS begins with the connection; otherwise by STARTTLS, without which nothing is sent. */
  implicitTls: boolean;
  /** Without TLS, which only the catch-all of Docker Compose gets. */
  isPlain: boolean;
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

/** A service of the operator's that delivers messages. */
export interface WebhookSettings {
  url: string;
  /** `whsec_` and base64. */
  secret: string;
}

/** As much of `SendEmail` as is needed. */
export interface EmailBinding {
  send(message: { from: string; to: string; subject: string; text: string; html?: string }): Promise<unknown>;
}

const MAX_EXPIRATION_MINUTES = 15;
/** The mail server of the Compose profile `mail`, which delivers nothing: on an internal network, and without TLS. */
const CATCH_ALL = { host: "mail", port: 1025 };
const SUBMISSION_PORT = 587;
const SUBMISSIONS_PORT = 465;
const MAX_PORT = 65_535;

const HOST = /^(?:[\w.-]+|\[?[\da-f:.]+\]?)$/i;
const ACCOUNT_SID = /^AC[\da-f]{32}$/i;
/** A number, a messaging service, or the name of a sender. */
const TWILIO_SENDER = /^(?:\+\d{5,15}|MG[\da-f]{32}|(?=.*[A-Za-z])[A-Za-z\d ]{1,11})$/;

const text = (allowed: string, isAllowed: (value: string) => boolean = () => true) =>
  setting(allowed, z.string().refine(isAllowed).default(""));
const secret = (allowed: string, isAllowed: (value: string) => boolean = () => true) =>
  secretSetting(allowed, z.string().refine(isAllowed).default(""));

const isWebhookUrl = (value: string): boolean => {
  const url = URL.parse(value);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
};

/** What Standard Webhooks asks for. */
const WEBHOOK_SECRET_BYTES = { min: 24, max: 64 };

const isWebhookSecret = (value: string): boolean => {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  const bytes = Buffer.from(encoded ?? "", "base64");
  const { min, max } = WEBHOOK_SECRET_BYTES;
  return bytes.toString("base64") === encoded && bytes.length >= min && bytes.length <= max;
};

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
  OTP_EXPIRATION_MINUTES: wholeNumber({ min: 1, max: MAX_EXPIRATION_MINUTES, fallback: 5 }),
  /** `smtp://` (STARTTLS) or `smtps://` (TLS from the start), with user, password, host and port. */
  SMTP_URL: secret("smtp://user:password@host:587 or smtps://user:password@host:465", (url) => isServer(url)),
  /** The same in parts: port 465 means TLS from the start. */
  SMTP_HOST: text("the mail server's name or address, without scheme and port", (host) => HOST.test(host)),
  SMTP_PORT: wholeNumber({ min: 1, max: MAX_PORT, fallback: SUBMISSION_PORT }),
  SMTP_USER: text("the user at the mail server"),
  SMTP_PASSWORD: secret("the password at the mail server"),
  /** Where the mail server may be; workerd's configuration enforces it. */
  SMTP_NETWORK: choice(["public", "private", "catch-all"], "public"),
  MAIL_FROM: text(
    "the sender's email address, such as Fountain <codes@example.com>",
    (from) => senderAddress(from) !== undefined,
  ),
  /** Cloudflare's binding for mail, where no mail server is set. */
  MAIL: optionalBinding(z.custom<EmailBinding>((value) => typeof value === "object" || typeof value === "function")),
  /** The mailbox of `npm start`, where no mail server is set. */
  MAILBOX: optionalBinding(fetcher),
  // The token may have been put here by mistake.
  TWILIO_ACCOUNT_SID: secret("the account's SID: AC and 32 hexadecimal digits", (sid) => ACCOUNT_SID.test(sid)),
  TWILIO_AUTH_TOKEN: secret("the account's auth token"),
  TWILIO_FROM: text(
    "a number such as +15005550006, a messaging service (MG and 32 hexadecimal digits), or a name of up to 11 letters and digits",
    (from) => TWILIO_SENDER.test(from),
  ),
  TWILIO_URL: setting(
    "the http or https URL of Twilio's API, without credentials",
    z
      .url({ protocol: /^https?$/ })
      .refine((url) => URL.parse(url)?.username === "")
      .default("https://api.twilio.com"),
  ),
  /** The operator's own service, for channels that have no provider. */
  MESSAGE_WEBHOOK_URL: text(
    "the https URL of your service that delivers messages, without credentials (http with SMTP_NETWORK=private)",
    (url) => isWebhookUrl(url),
  ),
  MESSAGE_WEBHOOK_SECRET: secret("whsec_ and 24 to 64 random bytes in base64", (value) => isWebhookSecret(value)),
};

export type ChannelBindings = z.infer<z.ZodObject<typeof channelBindings>>;

const PROTOCOLS: Record<string, { implicitTls: boolean; port: number } | undefined> = {
  "smtp:": { implicitTls: false, port: SUBMISSION_PORT },
  "smtps:": { implicitTls: true, port: SUBMISSIONS_PORT },
};

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

type Server = Omit<SmtpSettings, "from">;

const serverIn = (text: string): Server | undefined => {
  const url = URL.parse(text);
  const protocol = url && PROTOCOLS[url.protocol];
  if (!protocol || url.hostname === "") return undefined;
  const [user, password] = [decoded(url.username), decoded(url.password)];
  if (user === undefined || password === undefined || (user === "") !== (password === "")) return undefined;
  const port = url.port === "" ? protocol.port : Number(url.port);
  return { host: url.hostname, port, implicitTls: protocol.implicitTls, isPlain: false, user, password };
};

const isServer = (text: string): boolean => serverIn(text) !== undefined;

const serverInParts = (bindings: ChannelBindings): Server | undefined => {
  const { SMTP_HOST: host, SMTP_PORT: port, SMTP_USER: user, SMTP_PASSWORD: password } = bindings;
  if (host === "") return undefined;
  const isPlain = bindings.SMTP_NETWORK === "catch-all";
  return { host, port, implicitTls: port === SUBMISSIONS_PORT, isPlain, user, password };
};

/** The mail server; `undefined` when none is set. */
export const smtpSettings = (bindings: ChannelBindings): SmtpSettings | undefined => {
  const server = serverIn(bindings.SMTP_URL) ?? serverInParts(bindings);
  return server && { ...server, from: bindings.MAIL_FROM };
};

/** The account at Twilio; `undefined` when none is set. */
export const twilioSettings = (bindings: ChannelBindings): TwilioSettings | undefined => {
  const { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN, TWILIO_FROM, TWILIO_URL } = bindings;
  if (TWILIO_ACCOUNT_SID === "") return undefined;
  return {
    url: TWILIO_URL.replace(/\/$/, ""),
    accountSid: TWILIO_ACCOUNT_SID,
    authToken: TWILIO_AUTH_TOKEN,
    from: TWILIO_FROM,
  };
};

/** The operator's service; `undefined` when none is set. */
export const webhookSettings = (bindings: ChannelBindings): WebhookSettings | undefined =>
  bindings.MESSAGE_WEBHOOK_URL === ""
    ? undefined
    : { url: bindings.MESSAGE_WEBHOOK_URL, secret: bindings.MESSAGE_WEBHOOK_SECRET };

const TWILIO = ["TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM"] as const;

export const channelRules: readonly Rule<ChannelBindings>[] = [
  {
    settings: ["SMTP_URL", "SMTP_HOST"],
    conflict: ({ SMTP_URL, SMTP_HOST }) =>
      SMTP_URL !== "" && SMTP_HOST !== "" ? ["SMTP_HOST", "is set beside SMTP_URL: keep one of them"] : undefined,
  },
  {
    settings: ["SMTP_NETWORK", "SMTP_URL", "SMTP_HOST", "SMTP_PORT", "SMTP_USER"],
    conflict: ({ SMTP_NETWORK, SMTP_URL, SMTP_HOST, SMTP_PORT, SMTP_USER }) => {
      if (SMTP_NETWORK !== "catch-all") return undefined;
      const isCatchAll = SMTP_HOST === CATCH_ALL.host && SMTP_PORT === CATCH_ALL.port;
      if (isCatchAll && SMTP_URL === "" && SMTP_USER === "") return undefined;
      return [
        "SMTP_NETWORK",
        "is catch-all, which has no TLS: set SMTP_HOST=mail and SMTP_PORT=1025, without a user, or choose another",
      ];
    },
  },
  {
    settings: ["SMTP_URL", "SMTP_HOST", "MAIL_FROM"],
    conflict: ({ SMTP_URL, SMTP_HOST, MAIL_FROM, MAIL }) => {
      const hasServer = SMTP_URL !== "" || SMTP_HOST !== "";
      if (hasServer && MAIL_FROM === "")
        return ["MAIL_FROM", "is missing: set it to the sender's email address, such as Fountain <codes@example.com>"];
      if (!hasServer && MAIL_FROM !== "" && !MAIL)
        return ["MAIL_FROM", "is set without a mail server: set SMTP_HOST or SMTP_URL too, or unset it"];
      return undefined;
    },
  },
  {
    settings: ["SMTP_URL", "SMTP_HOST", "SMTP_USER", "SMTP_PASSWORD"],
    conflict: ({ SMTP_URL, SMTP_HOST, SMTP_USER, SMTP_PASSWORD }) => {
      if (SMTP_URL !== "" && SMTP_USER !== "") return ["SMTP_USER", "is set beside SMTP_URL: put the user into that"];
      if (SMTP_HOST === "" && SMTP_USER !== "") return ["SMTP_USER", "is set without SMTP_HOST: set both, or neither"];
      if (SMTP_HOST === "") return undefined;
      if (SMTP_USER !== "" && SMTP_PASSWORD === "")
        return ["SMTP_PASSWORD", "is missing: SMTP_USER and SMTP_PASSWORD must be set together"];
      if (SMTP_USER === "" && SMTP_PASSWORD !== "")
        return ["SMTP_USER", "is missing: SMTP_USER and SMTP_PASSWORD must be set together"];
      return undefined;
    },
  },
  {
    settings: TWILIO,
    conflict: (bindings) => {
      const missing = TWILIO.find((name) => bindings[name] === "");
      if (missing === undefined || TWILIO.every((name) => bindings[name] === "")) return undefined;
      return [missing, `is missing: ${TWILIO.join(", ")} must be set together`];
    },
  },
  {
    settings: ["MESSAGE_WEBHOOK_URL", "MESSAGE_WEBHOOK_SECRET", "SMTP_NETWORK"],
    conflict: ({ MESSAGE_WEBHOOK_URL: url, MESSAGE_WEBHOOK_SECRET, SMTP_NETWORK }) => {
      if (url === "" && MESSAGE_WEBHOOK_SECRET !== "")
        return ["MESSAGE_WEBHOOK_URL", "is missing: set it together with MESSAGE_WEBHOOK_SECRET"];
      if (url !== "" && MESSAGE_WEBHOOK_SECRET === "")
        return ["MESSAGE_WEBHOOK_SECRET", "is missing: set it to whsec_ and the output of `openssl rand -base64 32`"];
      if (url.startsWith("http:") && SMTP_NETWORK !== "private")
        return ["MESSAGE_WEBHOOK_URL", "must begin with https://, unless SMTP_NETWORK is private"];
      return undefined;
    },
  },
];

const sendsMails = ({ SMTP_URL, SMTP_HOST, MESSAGE_WEBHOOK_URL, MAIL_FROM, MAIL, MAILBOX }: ChannelBindings): boolean =>
  [SMTP_URL, SMTP_HOST, MESSAGE_WEBHOOK_URL].some((value) => value !== "") ||
  (MAIL !== undefined && MAIL_FROM !== "") ||
  MAILBOX !== undefined;

/** Those who sign up by mail wait for one. */
export const signUpRule: Rule<ChannelBindings & { REGISTRATION: Registration }> = {
  settings: ["REGISTRATION", "SMTP_URL", "SMTP_HOST", "MESSAGE_WEBHOOK_URL", "MAIL_FROM"],
  conflict: ({ REGISTRATION, ...channels }) =>
    REGISTRATION === "email" && !sendsMails(channels)
      ? ["REGISTRATION", "is email, but nothing sends mail: set SMTP_HOST and MAIL_FROM, or MESSAGE_WEBHOOK_URL"]
      : undefined,
};
