import { describe, expect, test } from "vitest";
import { codeIn } from "../../../../tests/support/mail-server.ts";
import { begin, challenge, generate, newAddress, useEmail, verify } from "../../../../tests/support/messages/email.ts";
import {
  atOnce,
  borrowPerson,
  endLock,
  enrol,
  newPerson,
  rowsOf,
  stepUp,
  tally,
} from "../../../../tests/support/twofa.ts";

const email = useEmail();
const { mailsTo, lastCodeTo, wrongCodeFor, enrolEmail } = email;

describe("a code", () => {
  test("is accepted once, however many send it at once", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const code = lastCodeTo(address);
    const responses = tally(await atOnce(50, () => verify(person, { challengeId, code })));
    expect(responses[200]).toBe(1);
    expect((await verify(person, { challengeId, code })).status).toBe(401);
  });

  test("confirms its factor once, however many send it at once", async () => {
    const person = await borrowPerson(email.fountain);
    const address = newAddress();
    const { body } = await begin(person, address);
    const json = { code: lastCodeTo(address) };
    const responses = await atOnce(20, () => person.call("POST", `/factors/${body["factorId"]}/confirm`, { json }));
    expect(tally(responses)[200]).toBe(1);
    expect(await rowsOf(email.fountain, "SELECT mac FROM recovery_codes WHERE user_id = ?", person.id)).toHaveLength(
      10,
    );
  });

  test("allows five wrong tries, and is invalid then", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    for (let tried = 0; tried < 5; tried += 1)
      expect((await verify(person, { challengeId, code: wrongCodeFor(address) })).status).toBe(401);
    await endLock(email.fountain, person);
    expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(401);
    await endLock(email.fountain, person);
    const another = await challenge(person);
    expect((await verify(person, { challengeId: another, code: lastCodeTo(address) })).status).toBe(200);
  });

  test("expires", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const sql = "UPDATE challenges SET expires_at = ? WHERE id = ?";
    await email.fountain.databases["twofa"]?.execute({ sql, args: [Date.now(), challengeId] });
    expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(401);
  });

  test("is valid only for its own challenge, user, session and use", async () => {
    const person = await borrowPerson(email.fountain);
    const other = await borrowPerson(email.fountain);
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
    await email.fountain.databases["twofa"]?.execute({ sql, args: [newer] });
    expect((await verify(person, { challengeId: newer, code: lastCodeTo(address) })).status).toBe(401);
    expect((await verify(person, { challengeId, code })).status).toBe(200);
  });

  test("that was sent to enrol an address raises no session", async () => {
    const person = await borrowPerson(email.fountain);
    const totp = await enrol(person);
    const token = await stepUp(email.fountain, person, totp);
    const address = newAddress();
    await begin(person, address, token);
    const [{ id } = {}] = await rowsOf(email.fountain, "SELECT id FROM challenges WHERE user_id = ?", person.id);
    expect((await verify(person, { challengeId: id, code: lastCodeTo(address) })).status).toBe(401);
  });

  test("is refused while the user is locked, and taken when the lock has ended", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const missing = { challengeId: crypto.randomUUID(), code: "00000000" };
    const responses = await atOnce(40, () => verify(person, missing));
    expect(tally(responses)).toEqual({ 401: 5, 429: 35 });
    const code = lastCodeTo(address);
    const refused = await verify(person, { challengeId, code });
    expect(refused).toMatchObject({ status: 429, body: { code: "too-many-attempts" } });
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    await endLock(email.fountain, person);
    expect((await verify(person, { challengeId, code })).status).toBe(200);
  });
});

describe("sending", () => {
  test("stops after five codes an hour to one address, counted exactly, and continues an hour later", async () => {
    const person = await borrowPerson(email.fountain);
    const { address } = await enrolEmail(person);
    const responses = await atOnce(30, () => generate(person));
    expect(tally(responses)).toEqual({ 202: 4, 429: 26 });
    expect(mailsTo(address)).toHaveLength(5);
    const refused = responses.find(({ status }) => status === 429);
    const waitSeconds = Number(refused?.headers.get("retry-after"));
    expect(waitSeconds).toBeGreaterThan(3_500);
    expect(waitSeconds).toBeLessThanOrEqual(3_600);
    const sql = "UPDATE sends SET sent_at = sent_at - 3600000 WHERE user_id = ?";
    await email.fountain.databases["twofa"]?.execute({ sql, args: [person.id] });
    expect((await generate(person)).status).toBe(202);
  });

  test("counts an address however it is written, and after it is enrolled again", async () => {
    const person = await borrowPerson(email.fountain);
    const address = newAddress();
    const spellings = [address, address.toUpperCase(), address, ` ${address}`, address, address];
    const statuses: number[] = [];
    for (const spelling of spellings) statuses.push((await begin(person, spelling)).status);
    expect(statuses).toEqual([201, 201, 201, 201, 201, 429]);
    expect((await begin(person, newAddress())).status).toBe(201);
  });

  test("lets no user try many addresses, nor many users harass one", async () => {
    const person = await borrowPerson(email.fountain);
    const statuses: number[] = [];
    for (let sent = 0; sent < 16; sent += 1) statuses.push((await begin(person, newAddress())).status);
    expect(statuses).toEqual([...Array.from({ length: 15 }, () => 201), 429]);

    const victim = newAddress();
    const [{ destination_mac: mac } = {}] = await (async () => {
      await begin(await borrowPerson(email.fountain), victim);
      return rowsOf(email.fountain, "SELECT destination_mac FROM sends ORDER BY sent_at DESC LIMIT 1");
    })();
    const sql = "INSERT INTO sends (id, user_id, destination_mac, use, sent_at) VALUES (?, ?, ?, 'enrolment', ?)";
    for (let sent = 0; sent < 14; sent += 1)
      await email.fountain.databases["twofa"]?.execute({
        sql,
        args: [`s${sent}`, `u${sent}`, String(mac), Date.now()],
      });
    expect((await begin(await borrowPerson(email.fountain), victim)).status).toBe(429);
  });

  test("is in the audit trail and the metrics, and neither the code nor the address is anywhere", async () => {
    const person = await newPerson(email.fountain);
    const { address, factorId } = await enrolEmail(person);
    await generate(person);
    const { rows = [] } =
      (await email.fountain.databases["kms"]?.execute({
        sql: "SELECT * FROM audit_entries WHERE actor = ? AND action = 'challenge.send'",
        args: [person.id],
      })) ?? {};
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({ outcome: "success", target: factorId, reason: "email" });
    expect(await email.fountain.metrics()).toMatch(
      /fountain_messages_total\{channel="email",outcome="delivered",worker="twofa"\} [1-9]/,
    );
    const written = email.fountain.logs.join("\n") + JSON.stringify(rows);
    for (const { raw } of mailsTo(address)) expect(written).not.toMatch(new RegExp(`\\b${codeIn(raw)}\\b`));
    expect(written).not.toContain(address);
  });
});
