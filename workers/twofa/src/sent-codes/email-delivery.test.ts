import { describe, expect, test } from "vitest";
import { type Answer, send } from "../../../../tests/support/call.ts";
import { createCertificate } from "../../../../tests/support/certificate.ts";
import { startFountain } from "../../../../tests/support/harness.ts";
import { codeIn, MAIL_PASSWORD, MAIL_USER, startMailServer } from "../../../../tests/support/mail-server.ts";
import {
  begin,
  challenge,
  elsewhere,
  generate,
  newAddress,
  type Substitute,
  useEmail,
  verify,
} from "../../../../tests/support/messages/email.ts";
import { borrowPerson, enrol, type Person, pointersOf, rowsOf, stepUp } from "../../../../tests/support/twofa.ts";

const email = useEmail();
const { certificate, mailsTo, lastCodeTo, enrolEmail, withServer } = email;

describe("a delivery that fails", () => {
  const failing: [string, Substitute, string][] = [
    ["there is no server", "none", "unreachable"],
    ["the certificate is for another name", { certificate: elsewhere }, "unreachable"],
    ["the certificate is not trusted", { certificate: createCertificate("localhost") }, "unreachable"],
    ["the server offers no encryption", { plain: true }, "rejected"],
    ["the server takes no mail now", { refuseDataWith: 451 }, "rate-limited"],
    ["the server refuses the mail", { refuseDataWith: 554 }, "rejected"],
  ];

  test.each(failing)(
    "because %s is reported, does not count, and the next message arrives",
    async (_, server, reason) => {
      const person = await borrowPerson(email.fountain);
      const { address } = await enrolEmail(person);
      const refused = await withServer(server, () => generate(person));
      expect(refused).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
      expect(refused.body["detail"]).toMatch(/^The mail server .* [Uu]se another factor/);
      const failed =
        email.fountain.logs.filter((line) => line.includes('"action":"challenge.send","outcome":"failure"')).at(-1) ??
        "";
      expect(JSON.parse(failed)).toMatchObject({ reason, subject: person.id, outcome: "failure" });
      expect(failed).not.toContain(address);
      const entry = await email.fountain.databases["kms"]?.execute({
        sql: "SELECT outcome, reason FROM audit_entries WHERE actor = ? AND action = 'challenge.send' ORDER BY id DESC LIMIT 1",
        args: [person.id],
      });
      expect(entry?.rows).toMatchObject([{ outcome: "failure", reason: `email-${reason}` }]);
      expect(await rowsOf(email.fountain, "SELECT id FROM sends WHERE user_id = ?", person.id)).toHaveLength(1);
      const challengeId = await challenge(person);
      expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(200);
    },
  );

  test("because the server is silent is reported within ten seconds, while other factors work", async () => {
    const person = await borrowPerson(email.fountain);
    const totp = await enrol(person);
    await enrolEmail(person, newAddress(), await stepUp(email.fountain, person, totp));
    await withServer("silent", async () => {
      const startedAtMs = Date.now();
      const pending = generate(person);
      await stepUp(email.fountain, person, totp);
      expect(await pending).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
      expect(Date.now() - startedAtMs).toBeLessThan(10_000);
    });
  }, 20_000);

  test("because there is no such mailbox points at the address, and leaves no factor behind", async () => {
    const person = await borrowPerson(email.fountain);
    const refused = await begin(person, newAddress("nobody"));
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(refused)).toEqual(["#/address"]);
    expect((await person.call("GET", "/factors")).body["items"]).toEqual([]);
  });

  test("does not keep a recovery code from being accepted", async () => {
    const person = await borrowPerson(email.fountain);
    const { recoveryCodes } = await enrolEmail(person);
    await withServer("none", async () => {
      expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    });
  });
});

describe("another Fountain on the same databases", () => {
  /** A code asked for there, with other settings. */
  const generateAt = async (person: Person, settings: Record<string, string>): Promise<Answer> => {
    const beside = await startFountain({
      beside: email.fountain,
      trustedCertificates: [certificate.cert],
      settings: { MAIL_FROM: "codes@fountain.example", ...settings },
    });
    try {
      return await send(beside, "POST", "/twofa/auth/generate", { token: person.token, json: { channel: "email" } });
    } finally {
      await beside.stop();
    }
  };

  test("sends over TLS from the start where its URL says so", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const secure = await startMailServer({ certificate, implicitTls: true });
    const SMTP_URL = `smtps://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${secure.port}`;
    const generated = await generateAt(person, { SMTP_URL }).finally(() => secure.stop());
    expect(generated.status).toBe(202);
    expect(secure.mails).toMatchObject([{ secure: true, user: MAIL_USER, to: [address] }]);
    const json = { challengeId: generated.body["challengeId"], code: codeIn(secure.mails[0]?.raw ?? "") };
    expect((await verify(person, json)).status).toBe(200);
  });

  test("takes the mail server's settings in parts, and sends nothing with a wrong password", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const parts = { SMTP_HOST: "localhost", SMTP_PORT: String(email.port), SMTP_USER: MAIL_USER };
    const refused = await generateAt(person, { ...parts, SMTP_PASSWORD: "wrong" });
    expect(refused).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
    expect(mailsTo(address)).toHaveLength(1);
    expect((await generateAt(person, { ...parts, SMTP_PASSWORD: MAIL_PASSWORD })).status).toBe(202);
    expect(mailsTo(address)).toHaveLength(2);
  });
});
