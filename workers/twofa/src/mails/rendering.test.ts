import { describe, expect, test } from "vitest";
import { LANGUAGES, type MailContent, type MailData, type MailKind } from "#shared/contracts/mails.ts";
import type { CodeAction } from "../model/message.ts";
import { createWording } from "./rendering.ts";

const AT_MS = Date.UTC(2026, 10, 23, 11, 0, 0);
const CODE = "12345678";
const worded = (installation = "Fountain") =>
  createWording({ installation, publicUrl: "https://fountain.example", language: "en" });

describe.each(LANGUAGES)("in %s", (language) => {
  const { code, mail } = worded("Films");
  const message = { code: CODE, language, validMinutes: 5 };

  test.each(["email", "sms"] as const)("a code by %s is in its text once, and not in its subject", (channel) => {
    const action = { kind: "confirm-request", request: "DELETE /kms/keys/films" } as const;
    const { subject, text, html } = code({ ...message, channel, destination: "ann@example.org", action });
    expect(text.match(/\d{8}/g)).toEqual([CODE]);
    expect(text).toContain("DELETE /kms/keys/films");
    expect(text).toContain("Films");
    expect(text).toMatch(/never|nie /i);
    // Locked screens show it.
    expect(subject).not.toMatch(/\d/);
    expect(html?.match(/\d{8}/g)).toEqual(channel === "email" ? [CODE] : undefined);
  });

  test.each<CodeAction>([{ kind: "confirm-identity" }, { kind: "add-phone" }])(
    "a text message to $kind stands in one piece of GSM 03.38",
    (action) => {
      const { text } = code({ ...message, channel: "sms", destination: "+4915112345678", action });
      expect(text).toMatch(/^[A-Za-z0-9äöüÄÖÜß .,:;'()/-]{1,160}$/);
    },
  );

  test.each(["password-changed", "factors-removed"] as const)(
    "a notice (%s) names the installation, the user, the time, and what to do, in both of its forms",
    (kind) => {
      const { subject, text, html, id } = mail({
        ...{ kind, data: { username: "ann" }, id: "1", attempt: 1, isLastAttempt: false },
        ...{ userId: "u", destination: "ann@example.org", language, createdAtMs: AT_MS },
      });
      expect(id).toBe("1");
      expect(subject).toContain("Films");
      for (const form of [text, html]) {
        expect(form).toMatch(/23(\.| November) (November )?2026.* 11:00.*\(UTC\)/);
        expect(form).toContain("ann");
        expect(form).toMatch(/If (it was not you|you did not)|Wenn Sie (das nicht waren|nicht)/);
      }
      expect(html).toContain(`<html lang="${language}">`);
    },
  );
});

const LINK = { token: "ftl_token", code: CODE };
const EVERY_MAIL: { [Kind in MailKind]: MailData[Kind] } = {
  "password-changed": { username: "ann" },
  "factors-removed": { username: "ann" },
  "password-reset": { username: "ann", ...LINK },
  "email-verification": { username: "ann", ...LINK },
  "email-changed": { username: "ann" },
  invitation: { invitedBy: "ben", token: LINK.token },
  "sign-up": { token: LINK.token },
  "account-exists": { username: "ann" },
  "reset-link-created": { username: "ann" },
  "recovery-link-created": { username: "ann" },
  "account-recovered": { username: "ann" },
  "factor-added": { username: "ann", factor: { type: "webauthn", name: "Key" } },
  "factor-removed": { username: "ann", factor: { type: "totp", name: "Phone" } },
  "recovery-codes-replaced": { username: "ann" },
  "recovery-code-used": { username: "ann" },
  "new-device": { username: "ann" },
};

describe.each(LANGUAGES)("every mail in %s", (language) => {
  test.each(Object.entries(EVERY_MAIL))(
    "%s says what happened, when, and what to do; its link, if it has one",
    (kind, data) => {
      const { subject, text, html } = worded("Films").mail({
        ...({ kind, data } as MailContent),
        ...{ id: "1", attempt: 1, isLastAttempt: false, userId: "u", destination: "ann@example.org", language },
        createdAtMs: AT_MS,
      });
      expect(subject).toContain("Films");
      expect(subject).not.toContain(CODE);
      for (const form of [text, html]) {
        expect(form).toContain("2026");
        expect(form).toMatch(/If (it was not you|you did not)|Wenn Sie (das nicht|nicht)/);
        if ("token" in data) expect(form).toMatch(/https:\/\/fountain\.example\/account\/[a-z-]+\?token=ftl_token/);
        if ("code" in data) expect(form).toContain(CODE);
        expect(form).not.toContain("undefined");
      }
    },
  );
});

test("what is markup in a name stays text", () => {
  const { html, text } = worded("A & <b>").mail({
    ...{ kind: "password-changed", data: { username: '<a href="x">' }, id: "1", attempt: 1, isLastAttempt: false },
    ...{ userId: "u", destination: "ann@example.org", language: null, createdAtMs: AT_MS },
  });
  expect(html).toContain("&lt;a href=&quot;x&quot;&gt;");
  expect(html).toContain("A &amp; &lt;b&gt;");
  expect(html).not.toMatch(/<(?:a|b|img|script|link)\b/);
  expect(text).toContain('<a href="x">');
});

test("one minute is one minute", () => {
  const message = { code: CODE, action: { kind: "confirm-identity" }, validMinutes: 1 } as const;
  const { text } = worded().code({
    ...message,
    channel: "email",
    destination: "ann@example.org",
    language: undefined,
  });
  expect(text).toContain("for 1 minute.");
});

test("a notice says where it came from, but never in the words of the software there", () => {
  const { text } = worded().mail({
    ...{ kind: "new-device", data: { username: "ann" }, id: "1", attempt: 1, isLastAttempt: false },
    ...{ userId: "u", destination: "ann@example.org", language: null, createdAtMs: AT_MS },
    origin: { address: "192.0.2.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0, call 555-0100" },
  });
  expect(text).toContain("It came from Firefox, Linux, at the address 192.0.2.7.");
  expect(text).not.toContain("555-0100");
  expect(text).toContain("change your password");
});
