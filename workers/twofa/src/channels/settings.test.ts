import { describe, expect, test } from "vitest";
import { parseBindings } from "#shared/http/bindings.ts";
import { settingsSchema } from "#shared/settings/settings.ts";
import { channelBindings, channelRules, senderAddress, smtpSettings, twilioSettings } from "./settings.ts";

const schema = settingsSchema(channelBindings, channelRules);
const MAIL_FROM = "Fountain <codes@fountain.example>";
const smtp = (bindings: Record<string, string>) => smtpSettings(parseBindings(schema, { MAIL_FROM, ...bindings }));
const twilio = (bindings: Record<string, string>) => twilioSettings(parseBindings(schema, bindings));

const CATCH_ALL = { SMTP_NETWORK: "catch-all", SMTP_HOST: "mail", SMTP_PORT: "1025" };
const MESSAGE_WEBHOOK_SECRET = `whsec_${Buffer.alloc(32).toString("base64")}`;
const UNSET = Object.fromEntries(Object.keys(channelBindings).map((name) => [name, null]));

test("nothing set, in either way a runtime may say so, means no channel and codes of five minutes", () => {
  for (const bindings of [{}, UNSET, { SMTP_URL: "", SMTP_HOST: "", SMTP_PORT: "", TWILIO_URL: "" }]) {
    const parsed = schema.parse(bindings);
    expect([smtpSettings(parsed), twilioSettings(parsed)]).toEqual([undefined, undefined]);
    expect(parsed).toMatchObject({ OTP_EXPIRATION_MINUTES: 5, SMTP_NETWORK: "public" });
  }
});

describe("the mail server", () => {
  test.each([
    [
      "smtp://u:p%40ss@mail.example",
      { host: "mail.example", port: 587, implicitTls: false, user: "u", password: "p@ss" },
    ],
    ["smtps://u:p@mail.example", { port: 465, implicitTls: true }],
    ["smtp://u:p@mail.example:2525", { port: 2525, implicitTls: false }],
    ["smtp://10.1.2.3", { host: "10.1.2.3", user: "", password: "" }],
  ])("is what %s says", (SMTP_URL, settings) => {
    expect(smtp({ SMTP_URL })).toMatchObject({ ...settings, from: MAIL_FROM });
  });

  test("may be set in parts, where port 465 means TLS from the start", () => {
    const parts = { SMTP_HOST: "mail.example", SMTP_USER: "u", SMTP_PASSWORD: "p" };
    expect(smtp(parts)).toMatchObject({ port: 587, implicitTls: false, user: "u", password: "p" });
    expect(smtp({ ...parts, SMTP_PORT: "465" })).toMatchObject({ port: 465, implicitTls: true });
  });

  test("has TLS, but for the catch-all of Docker Compose", () => {
    expect(smtp(CATCH_ALL)).toMatchObject({ host: "mail", port: 1025, implicitTls: false, isPlain: true });
    for (const bindings of [{ SMTP_HOST: "mail", SMTP_PORT: "1025" }, { SMTP_URL: "smtp://mail:1025" }])
      for (const SMTP_NETWORK of ["public", "private"])
        expect(smtp({ ...bindings, SMTP_NETWORK })).toMatchObject({ isPlain: false });
  });

  test.each([
    [{ SMTP_URL: "http://mail.example" }, /SMTP_URL is not usable/],
    [{ SMTP_URL: "mail.example:587" }, /SMTP_URL is not usable/],
    [{ SMTP_URL: "smtp://user@mail.example" }, /SMTP_URL is not usable/],
    [{ SMTP_URL: "smtp://u:%ff@mail.example" }, /SMTP_URL is not usable/],
    [{ SMTP_URL: "smtp://mail.example", SMTP_HOST: "mail.example" }, /SMTP_HOST is set beside SMTP_URL/],
    [{ SMTP_URL: "smtp://mail.example", SMTP_USER: "u" }, /SMTP_USER is set beside SMTP_URL/],
    [{ SMTP_HOST: "smtp://mail.example" }, /SMTP_HOST is not usable/],
    [{ SMTP_HOST: "mail.example:587" }, /SMTP_HOST is not usable/],
    [{ SMTP_HOST: "mail.example", MAIL_FROM: "" }, /MAIL_FROM is missing/],
    [{ MAIL_FROM }, /MAIL_FROM is set without a mail server/],
    [{ MAIL_FROM: "", SMTP_USER: "u" }, /SMTP_USER is set without SMTP_HOST/],
    [{ SMTP_HOST: "mail.example", SMTP_USER: "u" }, /SMTP_PASSWORD is missing/],
    [{ SMTP_HOST: "mail.example", SMTP_PASSWORD: "p" }, /SMTP_USER is missing/],
    [{ SMTP_HOST: "mail.example", SMTP_PORT: "0" }, /SMTP_PORT/],
    [{ MAIL_FROM: "Fountain" }, /MAIL_FROM/],
    [{ MAIL_FROM: "codes@fountain.example\r\nBcc: eve@example.org" }, /MAIL_FROM/],
    [{ OTP_EXPIRATION_MINUTES: "0" }, /OTP_EXPIRATION_MINUTES/],
    [{ OTP_EXPIRATION_MINUTES: "16" }, /OTP_EXPIRATION_MINUTES/],
    [{ SMTP_NETWORK: "any" }, /SMTP_NETWORK/],
    [{ SMTP_NETWORK: "catch-all", SMTP_HOST: "mail.example", SMTP_PORT: "1025" }, /SMTP_NETWORK is catch-all/],
    [{ SMTP_NETWORK: "catch-all", SMTP_HOST: "mail" }, /SMTP_NETWORK is catch-all/],
    [{ SMTP_NETWORK: "catch-all", SMTP_URL: "smtp://mail:1025" }, /SMTP_NETWORK is catch-all/],
    [{ ...CATCH_ALL, SMTP_USER: "u", SMTP_PASSWORD: "p" }, /SMTP_NETWORK is catch-all/],
    [{ ...CATCH_ALL, MESSAGE_WEBHOOK_URL: "http://a.example", MESSAGE_WEBHOOK_SECRET }, /MESSAGE_WEBHOOK_URL must/],
  ])("set as %j is refused, and the password is not in the error", (bindings, fault) => {
    expect(() => smtp(bindings)).toThrow(fault);
  });
});

test.each([
  ["codes@fountain.example", "codes@fountain.example"],
  ["Fountain <codes@fountain.example>", "codes@fountain.example"],
  ["Fountain", undefined],
  ["<>", undefined],
])("the sender %j has the address %j", (from, address) => {
  expect(senderAddress(from)).toBe(address);
});

describe("the account at Twilio", () => {
  const TWILIO_ACCOUNT_SID = `AC${"0".repeat(32)}`;
  const account = { TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN: "t", TWILIO_FROM: "+15005550006" };

  test("is asked at Twilio's own address unless another is set", () => {
    expect(twilio(account)?.url).toBe("https://api.twilio.com");
    expect(twilio({ ...account, TWILIO_URL: "http://127.0.0.1:1/" })?.url).toBe("http://127.0.0.1:1");
  });

  test.each([
    [{ ...account, TWILIO_AUTH_TOKEN: "" }, /TWILIO_AUTH_TOKEN is missing: .* must be set together/],
    [{ TWILIO_FROM: "+15005550006" }, /TWILIO_ACCOUNT_SID is missing/],
    [{ ...account, TWILIO_FROM: "0049 170 1" }, /TWILIO_FROM is not usable/],
    [{ ...account, TWILIO_URL: "https://a:b@x.example" }, /TWILIO_URL is not usable/],
    [{ ...account, TWILIO_ACCOUNT_SID: "../x" }, /TWILIO_ACCOUNT_SID/],
    [{ ...account, TWILIO_URL: "file:///etc" }, /TWILIO_URL/],
  ])("set as %j is refused", (bindings, fault) => {
    expect(() => twilio(bindings)).toThrow(fault);
  });
});
