import { expect, test } from "vitest";
import { createTestGateway } from "../../../../tests/support/gateway.ts";
import { envSchema } from "../env.ts";
import { securityTxt } from "./security-txt.ts";

const NOW = Date.UTC(2026, 10, 29, 13, 30);

const fields = (text: string): [string, string][] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]);

test("names the contacts in their order, and when it expires: within a year", () => {
  const contacts = ["https://example.com/report", "mailto:security@example.com"];
  expect(fields(securityTxt({ publicUrl: "https://fountain.example.com", contacts, nowMs: NOW }))).toEqual([
    ["Contact", "https://example.com/report"],
    ["Contact", "mailto:security@example.com"],
    ["Expires", "2027-02-27T00:00:00Z"],
    ["Preferred-Languages", "en"],
    ["Canonical", "https://fountain.example.com/.well-known/security.txt"],
  ]);
});

test("names the mailbox of RFC 2142 where no contact is set", () => {
  const text = securityTxt({ publicUrl: "https://fountain.example.com:8443", contacts: [], nowMs: NOW });
  expect(fields(text)[0]).toEqual(["Contact", "mailto:security@fountain.example.com"]);
});

test("is served as plain text, to anyone", async () => {
  const gateway = await createTestGateway();
  const response = await gateway.fetch("/.well-known/security.txt");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  const [[name, contact] = []] = fields(await response.text());
  expect([name, contact]).toEqual(["Contact", expect.stringMatching(/^mailto:security@/)]);
});

test.each([
  "security@example.com",
  "http://example.com/report",
  "javascript:alert(1)",
  "mailto:a b",
  "mailto:a\nExpires: x",
])("refuses the contact %j", (contact) => {
  const { error } = envSchema.shape.SECURITY_CONTACT.safeParse(contact);
  expect(error).toBeDefined();
});
