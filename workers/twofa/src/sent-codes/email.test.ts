import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCertificate } from "../../../../tests/support/certificate.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  codeIn,
  MAIL_PASSWORD,
  MAIL_USER,
  type MailServer,
  type MailServerOptions,
  startMailServer,
  startSilentServer,
} from "../../../../tests/support/mail-server.ts";
import {
  type Answer,
  atOnce,
  borrowPerson,
  codeOf,
  endLock,
  enrol,
  newPerson,
  type Person,
  pointersOf,
  rowsOf,
  send,
  stepUp,
  tally,
  textsOf,
} from "../../../../tests/support/twofa.ts";

const certificate = createCertificate("localhost");
const elsewhere = createCertificate("mail.example");

let mail: MailServer;
let fountain: Fountain;
beforeAll(async () => {
  mail = await startMailServer({ certificate });
  const credentials = `${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}`;
  fountain = await startFountain({
    trustedCertificates: [certificate.cert, elsewhere.cert],
    settings: {
      SMTP_URL: `smtp://${credentials}@localhost:${mail.port}`,
      MAIL_FROM: "Fountain <codes@fountain.example>",
    },
  });
});
afterAll(async () => {
  await fountain?.stop();
  await mail?.stop();
});

const newAddress = (name = "ann"): string => `${name}-${crypto.randomUUID()}@example.org`;

/** What the server holds for an address, newest last. */
const mailsTo = (address: string) => mail.mails.filter(({ to }) => to.includes(address));
const lastCodeTo = (address: string): string => codeIn(mailsTo(address).at(-1)?.raw ?? "");
const wrongCodeFor = (address: string): string => (lastCodeTo(address) === "00000000" ? "00000001" : "00000000");

const begin = ({ call }: Person, address: string, token?: string): Promise<Answer> =>
  call("POST", "/factors/email", { ...(token !== undefined && { token }), json: { address } });

/** Makes an address a factor. */
const enrolEmail = async (person: Person, address = newAddress(), token?: string) => {
  const { body } = await begin(person, address, token);
  const factorId = String(body["factorId"]);
  const json = { code: lastCodeTo(address) };
  const confirmed = await person.call("POST", `/factors/${factorId}/confirm`, {
    ...(token !== undefined && { token }),
    json,
  });
  expect(confirmed.status).toBe(200);
  return { address, factorId, recoveryCodes: textsOf(confirmed.body["recoveryCodes"]) };
};

const generate = ({ call }: Person, json: object = { channel: "email" }): Promise<Answer> =>
  call("POST", "/auth/generate", { json });
const verify = ({ call }: Person, json: object): Promise<Answer> => call("POST", "/auth/verify", { json });

/** Asks for a code and says which challenge it answers. */
const challenge = async (person: Person): Promise<string> => String((await generate(person)).body["challengeId"]);

describe("an address as a factor", () => {
  test("is enrolled, confirmed with the code that came there, and passed with another one", async () => {
    const person = await borrowPerson(fountain);
    const address = newAddress();
    const begun = await begin(person, address);
    expect(begun).toMatchObject({ status: 201, body: { channel: "email", destination: "a***@e***.org" } });
    expect(JSON.stringify(begun.body)).not.toContain(address);
    expect(Object.keys(begun.body).sort()).toEqual(["channel", "destination", "expiresAt", "factorId"]);

    const [enrolment] = mailsTo(address);
    expect(enrolment).toMatchObject({ secure: true, user: MAIL_USER, from: "codes@fountain.example", to: [address] });
    const confirmed = await person.call("POST", `/factors/${begun.body["factorId"]}/confirm`, {
      json: { code: lastCodeTo(address) },
    });
    expect(confirmed).toMatchObject({ status: 200, body: { factorId: begun.body["factorId"] } });
    expect(textsOf(confirmed.body["recoveryCodes"])).toHaveLength(10);

    const generated = await generate(person);
    expect(generated).toMatchObject({ status: 202, body: { channel: "email", destination: "a***@e***.org" } });
    expect(Object.keys(generated.body).sort()).toEqual(["challengeId", "channel", "destination", "expiresAt"]);
    const validMs = Date.parse(String(generated.body["expiresAt"])) - Date.now();
    expect(validMs).toBeGreaterThan(4 * 60_000);
    expect(validMs).toBeLessThanOrEqual(5 * 60_000);
    const { challengeId } = generated.body;
    const raised = await verify(person, { challengeId, code: lastCodeTo(address) });
    expect(raised).toMatchObject({ status: 200, body: { token_type: "Bearer" } });
    const token = String(raised.body["access_token"]);
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    expect(claims).toMatchObject({ acr: "aal2", amr: ["pwd", "otp", "mfa"] });
  });

  test("gets mail that names the action, warns against handing the code on, and keeps it out of the subject", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    await generate(person);
    const [enrolment, verification] = mailsTo(address).map(({ raw }) => raw.replace(/=\r\n/g, ""));
    expect(enrolment).toContain("to add this address to your account as a second factor");
    expect(verification).toContain("to confirm that it is you");
    for (const raw of [enrolment ?? "", verification ?? ""]) {
      expect(raw).toContain("Never share this code");
      expect(raw).toContain("for 5 minutes");
      expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
      expect(raw).toMatch(/^From: Fountain <codes@fountain\.example>\r$/m);
      expect(/^Subject: (.*)$/m.exec(raw)?.[1]).not.toContain(codeIn(raw));
    }
  });

  test("gets mail that names the one request it confirms, and the code is good for that", async () => {
    const person = await borrowPerson(fountain);
    const { address, factorId } = await enrolEmail(person);
    const purpose = { method: "DELETE", path: `/twofa/factors/${factorId}` };
    const { body } = await generate(person, { channel: "email", purpose });
    const text = mailsTo(address).at(-1)?.raw.replace(/=\r\n/g, "");
    expect(text).toContain(`to confirm this one request: DELETE /twofa/factors/${factorId}`);
    const answer = { challengeId: body["challengeId"], code: lastCodeTo(address) };
    expect(await verify(person, { ...answer, purpose })).toMatchObject({ status: 422 });
    const granted = await verify(person, answer);
    expect(granted.body).toMatchObject({ expires_in: 60, authorization_details: [{ locations: [purpose.path] }] });
    const token = String(granted.body["access_token"]);
    expect((await person.call("DELETE", "/factors/another", { token })).status).toBe(401);
    expect((await person.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(204);
  });

  test("is shown masked, under its name, and counts among the user's factors", async () => {
    const person = await borrowPerson(fountain);
    const totp = await enrol(person);
    const token = await stepUp(fountain, person, totp);
    const address = newAddress("bob");
    const json = { address, name: "At work" };
    const { body } = await person.call("POST", "/factors/email", { token, json });
    expect(body["destination"]).toBe("b***@e***.org");
    const confirmed = await person.call("POST", `/factors/${body["factorId"]}/confirm`, {
      token,
      json: { code: lastCodeTo(address) },
    });
    expect(confirmed).toMatchObject({ status: 200, body: { recoveryCodes: [] } });
    const listed = await person.call("GET", "/factors");
    expect(listed.body["items"]).toMatchObject([
      { type: "totp" },
      { type: "email", name: "At work", destination: "b***@e***.org", factorId: body["factorId"] },
    ]);
    expect(JSON.stringify(listed.body)).not.toContain(address);
  });

  test.each([
    "",
    "ann",
    "ann@",
    "@example.org",
    "ann@localhost",
    "ann@example.org\r\nBcc: bob@example.org",
    "a b@c.org",
  ])("is refused when it is no address: %j", async (address) => {
    const refused = await begin(await borrowPerson(fountain), address);
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual(["#/address"]);
  });

  test("cannot be added without passing the first factor, nor twice", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const refused = { status: 401, body: { code: "step-up-required" } };
    expect(await begin(person, newAddress())).toMatchObject(refused);
    const challengeId = await challenge(person);
    const raised = await verify(person, { challengeId, code: lastCodeTo(address) });
    const token = String(raised.body["access_token"]);
    expect(await begin(person, address.toUpperCase(), token)).toMatchObject({
      status: 409,
      body: { code: "conflict" },
    });
    await enrolEmail(person, newAddress(), token);
  });

  test("is chosen by its id where there are several, else it is the oldest", async () => {
    const person = await borrowPerson(fountain);
    const first = await enrolEmail(person);
    const raised = await verify(person, { challengeId: await challenge(person), code: lastCodeTo(first.address) });
    const second = await enrolEmail(person, newAddress(), String(raised.body["access_token"]));
    expect(mailsTo(first.address)).toHaveLength(2);
    await generate(person, { channel: "email", factorId: second.factorId });
    expect([mailsTo(first.address).length, mailsTo(second.address).length]).toEqual([2, 2]);
    await generate(person);
    expect([mailsTo(first.address).length, mailsTo(second.address).length]).toEqual([3, 2]);
  });

  test("that is not there gets a refusal that says where to enrol it", async () => {
    const person = await borrowPerson(fountain);
    const refused = await generate(person);
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(refused.body["detail"]).toContain("POST /twofa/factors/email");
    await enrolEmail(person);
    expect((await generate(person, { channel: "email", factorId: crypto.randomUUID() })).status).toBe(409);
  });

  test("is removed with its challenges", async () => {
    const person = await borrowPerson(fountain);
    const { address, factorId, recoveryCodes } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const code = lastCodeTo(address);
    const raised = await verify(person, { recoveryCode: recoveryCodes[0] });
    const token = String(raised.body["access_token"]);
    expect((await person.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(204);
    expect((await verify(person, { challengeId, code })).status).toBe(401);
    expect(await rowsOf(fountain, "SELECT id FROM challenges WHERE user_id = ?", person.id)).toEqual([]);
  });
});

describe("a code", () => {
  test("is taken once, however many send it at once", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const code = lastCodeTo(address);
    const answers = tally(await atOnce(50, () => verify(person, { challengeId, code })));
    expect(answers[200]).toBe(1);
    expect((await verify(person, { challengeId, code })).status).toBe(401);
  });

  test("confirms its factor once, however many send it at once", async () => {
    const person = await borrowPerson(fountain);
    const address = newAddress();
    const { body } = await begin(person, address);
    const json = { code: lastCodeTo(address) };
    const answers = await atOnce(20, () => person.call("POST", `/factors/${body["factorId"]}/confirm`, { json }));
    expect(tally(answers)[200]).toBe(1);
    expect(await rowsOf(fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", person.id)).toHaveLength(10);
  });

  test("may be mistyped five times, and is dead then", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    for (let tried = 0; tried < 5; tried += 1)
      expect((await verify(person, { challengeId, code: wrongCodeFor(address) })).status).toBe(401);
    await endLock(fountain, person);
    expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(401);
    await endLock(fountain, person);
    const another = await challenge(person);
    expect((await verify(person, { challengeId: another, code: lastCodeTo(address) })).status).toBe(200);
  });

  test("expires", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const sql = "UPDATE challenges SET expires_at = ? WHERE id = ?";
    await fountain.databases["twofa"]?.execute({ sql, args: [Date.now(), challengeId] });
    expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(401);
  });

  test("is good for its own challenge, user and session only, and for what it was sent for", async () => {
    const person = await borrowPerson(fountain);
    const other = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const { address: othersAddress } = await enrolEmail(other);
    const challengeId = await challenge(person);
    const code = lastCodeTo(address);
    const newer = await challenge(person);
    const othersChallenge = await challenge(other);
    expect((await verify(person, { challengeId: newer, code })).status).toBe(401);
    expect((await verify(other, { challengeId, code })).status).toBe(401);
    expect((await verify(person, { challengeId: othersChallenge, code: lastCodeTo(othersAddress) })).status).toBe(401);
    const sql = "UPDATE challenges SET session_id = 'another' WHERE id = ?";
    await fountain.databases["twofa"]?.execute({ sql, args: [newer] });
    expect((await verify(person, { challengeId: newer, code: lastCodeTo(address) })).status).toBe(401);
    expect((await verify(person, { challengeId, code })).status).toBe(200);
  });

  test("that was sent to enrol an address raises no session", async () => {
    const person = await borrowPerson(fountain);
    const totp = await enrol(person);
    const token = await stepUp(fountain, person, totp);
    const address = newAddress();
    await begin(person, address, token);
    const [{ id } = {}] = await rowsOf(fountain, "SELECT id FROM challenges WHERE user_id = ?", person.id);
    expect((await verify(person, { challengeId: id, code: lastCodeTo(address) })).status).toBe(401);
  });

  test("is refused while the user is locked, and taken when the lock has ended", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const missing = { challengeId: crypto.randomUUID(), code: "00000000" };
    const answers = await atOnce(40, () => verify(person, missing));
    expect(tally(answers)).toEqual({ 401: 5, 429: 35 });
    const code = lastCodeTo(address);
    const refused = await verify(person, { challengeId, code });
    expect(refused).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await endLock(fountain, person);
    expect((await verify(person, { challengeId, code })).status).toBe(200);
  });
});

describe("sending", () => {
  test("stops after five codes an hour to one address, counted exactly, and goes on an hour later", async () => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const answers = await atOnce(30, () => generate(person));
    expect(tally(answers)).toEqual({ 202: 4, 429: 26 });
    expect(mailsTo(address)).toHaveLength(5);
    const refused = answers.find(({ status }) => status === 429);
    const waitSeconds = Number(refused?.headers.get("retry-after"));
    expect(waitSeconds).toBeGreaterThan(3_500);
    expect(waitSeconds).toBeLessThanOrEqual(3_600);
    const sql = "UPDATE sends SET sent_at = sent_at - 3600000 WHERE user_id = ?";
    await fountain.databases["twofa"]?.execute({ sql, args: [person.id] });
    expect((await generate(person)).status).toBe(202);
  });

  test("counts an address however it is written, and enrolled anew", async () => {
    const person = await borrowPerson(fountain);
    const address = newAddress();
    const spellings = [address, address.toUpperCase(), address, ` ${address}`, address, address];
    const statuses: number[] = [];
    for (const spelling of spellings) statuses.push((await begin(person, spelling)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    expect((await begin(person, newAddress())).status).toBe(201);
  });

  test("lets nobody go through many addresses, nor many users pester one", async () => {
    const person = await borrowPerson(fountain);
    const statuses: number[] = [];
    for (let sent = 0; sent < 16; sent += 1) statuses.push((await begin(person, newAddress())).status);
    expect(statuses).toEqual([...Array.from({ length: 15 }, () => 201), 429]);

    const victim = newAddress();
    const [{ destination_mac: mac } = {}] = await (async () => {
      await begin(await borrowPerson(fountain), victim);
      return rowsOf(fountain, "SELECT destination_mac FROM sends ORDER BY sent_at DESC LIMIT 1");
    })();
    const sql = "INSERT INTO sends (id, user_id, destination_mac, sent_at) VALUES (?, ?, ?, ?)";
    for (let sent = 0; sent < 14; sent += 1)
      await fountain.databases["twofa"]?.execute({ sql, args: [`s${sent}`, `u${sent}`, String(mac), Date.now()] });
    expect((await begin(await borrowPerson(fountain), victim)).status).toBe(429);
  });

  test("is told in the audit trail and counted, and neither the code nor the address is anywhere", async () => {
    const person = await newPerson(fountain);
    const { address, factorId } = await enrolEmail(person);
    await generate(person);
    const { rows = [] } =
      (await fountain.databases["kms"]?.execute({
        sql: "SELECT * FROM audit_entries WHERE actor = ? AND action = 'challenge.send'",
        args: [person.id],
      })) ?? {};
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ outcome: "success", target: factorId, reason: "email" });
    expect(await fountain.metrics()).toMatch(
      /fountain_messages_total\{channel="email",outcome="delivered",worker="twofa"\} [1-9]/,
    );
    const written = fountain.logs.join("\n") + JSON.stringify(rows);
    for (const { raw } of mailsTo(address)) expect(written).not.toMatch(new RegExp(`\\b${codeIn(raw)}\\b`));
    expect(written).not.toContain(address);
  });
});

describe("a delivery that fails", () => {
  /** Runs the work while another server stands in the place of the mail server. */
  const withServer = async <Value>(options: MailServerOptions | "silent" | "none", work: () => Promise<Value>) => {
    const { port, mails } = mail;
    await mail.stop();
    const stopped = { stop: async () => undefined };
    const start = { silent: () => startSilentServer(port), none: async () => stopped };
    const server =
      typeof options === "string" ? await start[options]() : await startMailServer({ certificate, port, ...options });
    try {
      return await work();
    } finally {
      await server.stop();
      mail = await startMailServer({ certificate, port });
      mail.mails.push(...mails);
    }
  };

  const failing: [string, MailServerOptions | "silent" | "none", string][] = [
    ["nobody is there", "none", "unreachable"],
    ["the certificate is for another name", { certificate: elsewhere }, "unreachable"],
    ["nobody vouches for the certificate", { certificate: createCertificate("localhost") }, "unreachable"],
    ["the server offers no encryption", { plain: true }, "rejected"],
    ["the server takes no mail now", { refuseDataWith: 451 }, "rate-limited"],
    ["the server refuses the mail", { refuseDataWith: 554 }, "rejected"],
  ];

  test.each(failing)("because %s is told, costs nothing, and is made up for", async (_, server, reason) => {
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const refused = await withServer(server, () => generate(person));
    expect(refused).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
    expect(refused.body["detail"]).toMatch(/^The mail server .* [Uu]se another factor/);
    const failed = fountain.logs.filter((line) => line.includes("challenge.undelivered")).at(-1) ?? "";
    expect(JSON.parse(failed)).toMatchObject({ reason, subject: person.id, outcome: "failure" });
    expect(failed).not.toContain(address);
    expect(await rowsOf(fountain, "SELECT id FROM sends WHERE user_id = ?", person.id)).toHaveLength(1);
    const challengeId = await challenge(person);
    expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(200);
  });

  test("because the server says nothing is told within ten seconds, while other factors work", async () => {
    const person = await borrowPerson(fountain);
    const totp = await enrol(person);
    await enrolEmail(person, newAddress(), await stepUp(fountain, person, totp));
    await withServer("silent", async () => {
      const startedAtMs = Date.now();
      const pending = generate(person);
      await stepUp(fountain, person, totp);
      expect(await pending).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
      expect(Date.now() - startedAtMs).toBeLessThan(10_000);
    });
  }, 20_000);

  test("because there is no such mailbox points at the address, and leaves no factor behind", async () => {
    const person = await borrowPerson(fountain);
    const refused = await begin(person, newAddress("nobody"));
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(refused)).toEqual(["#/address"]);
    expect((await person.call("GET", "/factors")).body["items"]).toEqual([]);
  });

  test("does not keep a recovery code from being taken", async () => {
    const person = await borrowPerson(fountain);
    const { recoveryCodes } = await enrolEmail(person);
    await withServer("none", async () => {
      expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
      await expect.poll(() => fountain.logs.some((line) => line.includes("announcement.undelivered"))).toBe(true);
    });
  });
});

describe("another Fountain on the same databases", () => {
  /** A code asked for there, with other settings. */
  const generateAt = async (person: Person, settings: Record<string, string>): Promise<Answer> => {
    const beside = await startFountain({
      beside: fountain,
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
    const person = await borrowPerson(fountain);
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
    const person = await borrowPerson(fountain);
    const { address } = await enrolEmail(person);
    const parts = { SMTP_HOST: "localhost", SMTP_PORT: String(mail.port), SMTP_USER: MAIL_USER };
    const refused = await generateAt(person, { ...parts, SMTP_PASSWORD: "wrong" });
    expect(refused).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
    expect(mailsTo(address)).toHaveLength(1);
    expect((await generateAt(person, { ...parts, SMTP_PASSWORD: MAIL_PASSWORD })).status).toBe(202);
    expect(mailsTo(address)).toHaveLength(2);
  });
});

describe("the use of a recovery code", () => {
  test("is announced to the addresses that are factors", async () => {
    const person = await borrowPerson(fountain);
    const { address, recoveryCodes } = await enrolEmail(person);
    expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    await expect.poll(() => mailsTo(address)).toHaveLength(2);
    const raw = mailsTo(address).at(-1)?.raw ?? "";
    expect(raw).toContain("A recovery code of your Fountain account was used");
    expect(raw).not.toContain(recoveryCodes[0]);
  });

  test("is announced to the account's address where no factor has one, and a wrong one is not", async () => {
    const address = newAddress("account");
    const person = await newPerson(fountain, address);
    const { recoveryCodes } = await enrol(person);
    expect((await verify(person, { recoveryCode: "00000-00000" })).status).toBe(401);
    expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    await expect.poll(() => mailsTo(address)).toHaveLength(1);
  });
});

test("an authenticator app and an address lock each other's user, by wrong codes of either", async () => {
  const person = await borrowPerson(fountain);
  const totp = await enrol(person);
  const { address } = await enrolEmail(person, newAddress(), await stepUp(fountain, person, totp));
  const challengeId = await challenge(person);
  for (let tried = 0; tried < 3; tried += 1)
    expect((await verify(person, { challengeId, code: wrongCodeFor(address) })).status).toBe(401);
  for (let tried = 0; tried < 2; tried += 1)
    expect((await verify(person, { recoveryCode: "00000-00000" })).status).toBe(401);
  expect((await verify(person, { code: codeOf(totp.secret, 1) })).status).toBe(429);
  expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(429);
});
