import { describe, expect, test } from "vitest";
import { verifyAddress } from "../../../../tests/support/kms/links.ts";
import { codeIn, MAIL_USER } from "../../../../tests/support/mail-server.ts";
import { begin, challenge, generate, newAddress, useEmail, verify } from "../../../../tests/support/messages/email.ts";
import {
  borrowPerson,
  codeOf,
  enrol,
  newPerson,
  pointersOf,
  rowsOf,
  stepUp,
  textsOf,
} from "../../../../tests/support/twofa.ts";

const email = useEmail();
const { mailsTo, lastCodeTo, wrongCodeFor, enrolEmail } = email;

describe("an address as a factor", () => {
  test("is enrolled, confirmed with the code that came there, and passed with another one", async () => {
    const person = await borrowPerson(email.fountain);
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
    const person = await borrowPerson(email.fountain);
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
    const person = await borrowPerson(email.fountain);
    const { address, factorId } = await enrolEmail(person);
    const purpose = { method: "DELETE", path: `/twofa/factors/${factorId}` };
    const { body } = await generate(person, { channel: "email", purpose });
    const text = mailsTo(address).at(-1)?.raw.replace(/=\r\n/g, "");
    expect(text).toContain(`to confirm this one request: DELETE /twofa/factors/${factorId}`);
    const proof = { challengeId: body["challengeId"], code: lastCodeTo(address) };
    expect(await verify(person, { ...proof, purpose })).toMatchObject({ status: 422 });
    const granted = await verify(person, proof);
    expect(granted.body).toMatchObject({ expires_in: 60, authorization_details: [{ locations: [purpose.path] }] });
    const token = String(granted.body["access_token"]);
    expect((await person.call("DELETE", "/factors/another", { token })).status).toBe(401);
    expect((await person.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(204);
  });

  test("is shown masked, under its name, and counts among the user's factors", async () => {
    const person = await borrowPerson(email.fountain);
    const totp = await enrol(person);
    const token = await stepUp(email.fountain, person, totp);
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
    const refused = await begin(await borrowPerson(email.fountain), address);
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual(["#/address"]);
  });

  test("cannot be added without passing the first factor, nor twice", async () => {
    const person = await borrowPerson(email.fountain);
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
    const person = await borrowPerson(email.fountain);
    const first = await enrolEmail(person);
    const raised = await verify(person, { challengeId: await challenge(person), code: lastCodeTo(first.address) });
    const second = await enrolEmail(person, newAddress(), String(raised.body["access_token"]));
    // The first one is told of the second.
    const codesTo = ({ address }: { address: string }) =>
      mailsTo(address).filter(({ raw }) => raw.includes("Subject: Your Fountain code")).length;
    expect(codesTo(first)).toBe(2);
    await generate(person, { channel: "email", factorId: second.factorId });
    expect([codesTo(first), codesTo(second)]).toEqual([2, 2]);
    await generate(person);
    expect([codesTo(first), codesTo(second)]).toEqual([3, 2]);
  });

  test("that is not there gets a refusal that says where to enrol it", async () => {
    const person = await borrowPerson(email.fountain);
    const refused = await generate(person);
    expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
    expect(refused.body["detail"]).toContain("POST /twofa/factors/email");
    await enrolEmail(person);
    expect((await generate(person, { channel: "email", factorId: crypto.randomUUID() })).status).toBe(409);
  });

  test("is removed with its challenges", async () => {
    const person = await borrowPerson(email.fountain);
    const { address, factorId, recoveryCodes } = await enrolEmail(person);
    const challengeId = await challenge(person);
    const code = lastCodeTo(address);
    const raised = await verify(person, { recoveryCode: recoveryCodes[0] });
    const token = String(raised.body["access_token"]);
    expect((await person.call("DELETE", `/factors/${factorId}`, { token })).status).toBe(204);
    expect((await verify(person, { challengeId, code })).status).toBe(401);
    expect(await rowsOf(email.fountain, "SELECT id FROM challenges WHERE user_id = ?", person.id)).toEqual([]);
  });
});

describe("the use of a recovery code", () => {
  test("is announced to the addresses that are factors", async () => {
    const person = await borrowPerson(email.fountain);
    const { address, recoveryCodes } = await enrolEmail(person);
    expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    await expect.poll(() => mailsTo(address)).toHaveLength(2);
    const raw = mailsTo(address).at(-1)?.raw ?? "";
    expect(raw).toContain("A recovery code of your Fountain account was used");
    expect(raw).not.toContain(recoveryCodes[0]);
  });

  test("is announced to the account's verified address, and a wrong one is not", async () => {
    const address = newAddress("account");
    const person = await newPerson(email.fountain, address);
    await verifyAddress(email.fountain, person.id);
    const { recoveryCodes } = await enrol(person);
    expect((await verify(person, { recoveryCode: "00000-00000" })).status).toBe(401);
    expect((await verify(person, { recoveryCode: recoveryCodes[0] })).status).toBe(200);
    const announced = () => mailsTo(address).filter(({ raw }) => raw.includes("A recovery code of your"));
    await expect.poll(announced).toHaveLength(1);
  });
});

test("an authenticator app and an address lock each other's user, by wrong codes of either", async () => {
  const person = await borrowPerson(email.fountain);
  const totp = await enrol(person);
  const { address } = await enrolEmail(person, newAddress(), await stepUp(email.fountain, person, totp));
  const challengeId = await challenge(person);
  for (let tried = 0; tried < 3; tried += 1)
    expect((await verify(person, { challengeId, code: wrongCodeFor(address) })).status).toBe(401);
  for (let tried = 0; tried < 2; tried += 1)
    expect((await verify(person, { recoveryCode: "00000-00000" })).status).toBe(401);
  expect((await verify(person, { code: codeOf(totp.secret, 1) })).status).toBe(429);
  expect((await verify(person, { challengeId, code: lastCodeTo(address) })).status).toBe(429);
});
