import { describe, expect, test } from "vitest";
import { codeMessage, recoveryCodeUsed } from "./message.ts";

const CODE = "12345678";
const code = { code: CODE, action: "confirm that it is you", validMinutes: 5 };
const email = codeMessage({ ...code, channel: "email", destination: "ann@example.org" });
const sms = codeMessage({ ...code, channel: "sms", destination: "+4915112345678" });

describe.each([
  ["a mail", email],
  ["a text message", sms],
])("%s with a code", (_, { subject, text }) => {
  test("names the action, says never to share the code, and how long it is valid", () => {
    expect(text).toContain(`to confirm that it is you`);
    expect(text).toMatch(/never share (this code|it)/i);
    expect(text).toContain("5 minutes");
    expect(text.match(/\d{8}/g)).toEqual([CODE]);
  });

  test("has no code in its subject, which locked screens show", () => {
    expect(subject).not.toMatch(/\d/);
  });
});

test("a text message stands in plain letters and in one piece", () => {
  expect(sms.text).toMatch(/^[A-Za-z0-9 .,:;'()/-]{1,160}$/);
});

test("one minute is one minute", () => {
  const { text } = codeMessage({ ...code, channel: "email", destination: "ann@example.org", validMinutes: 1 });
  expect(text).toContain("for 1 minute.");
});

test("the announcement says when it happened and what to do if it was someone else", () => {
  const { text } = recoveryCodeUsed("ann@example.org", Date.UTC(2026, 10, 23, 11, 0, 0));
  expect(text).toContain("Mon, 23 Nov 2026 11:00:00 GMT");
  expect(text).toContain("change your password");
});
