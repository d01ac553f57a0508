import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../../../tests/support/call.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import { codeIn } from "../../../../tests/support/mail-server.ts";
import {
  ACCOUNT_SID,
  AUTH_TOKEN,
  QUEUED,
  SENDER,
  startTwilio,
  type Twilio,
  type TwilioReply,
  type TwilioRequest,
  twilioError,
} from "../../../../tests/support/twilio.ts";
import {
  borrowPerson,
  enrol,
  type Person,
  pointersOf,
  rowsOf,
  stepUp,
  textsOf,
} from "../../../../tests/support/twofa.ts";

let twilio: Twilio;
let fountain: Fountain;
beforeAll(async () => {
  twilio = await startTwilio();
  fountain = await startFountain({
    settings: {
      TWILIO_URL: `${twilio.url}/`,
      TWILIO_ACCOUNT_SID: ACCOUNT_SID,
      TWILIO_AUTH_TOKEN: AUTH_TOKEN,
      TWILIO_FROM: SENDER,
      OTP_EXPIRATION_MINUTES: "10",
    },
  });
});
afterAll(async () => {
  await fountain?.stop();
  await twilio?.stop();
});

let phones = 0;
const newPhone = (): string => {
  phones += 1;
  return `+4915112${String(phones).padStart(6, "0")}`;
};

const fieldsOf = ({ body }: TwilioRequest): Record<string, string> => Object.fromEntries(new URLSearchParams(body));
const textsTo = (phone: string): string[] =>
  twilio.requests
    .map(fieldsOf)
    .filter(({ To }) => To === phone)
    .map(({ Body = "" }) => Body);
const lastCodeTo = (phone: string): string => codeIn(textsTo(phone).at(-1) ?? "");

const begin = ({ call }: Person, phone: string): Promise<Answer> => call("POST", "/factors/sms", { json: { phone } });
const generate = ({ call }: Person): Promise<Answer> => call("POST", "/auth/generate", { json: { channel: "sms" } });

const enrolPhone = async (person: Person) => {
  const phone = newPhone();
  const { body } = await begin(person, phone);
  const json = { code: lastCodeTo(phone) };
  const confirmed = await person.call("POST", `/factors/${body["factorId"]}/confirm`, { json });
  expect(confirmed.status).toBe(200);
  return { phone, recoveryCodes: textsOf(confirmed.body["recoveryCodes"]) };
};

/** Runs the work while Twilio replies with something else. */
const withReply = async <Value>(reply: TwilioReply, work: () => Promise<Value>): Promise<Value> => {
  twilio.reply = reply;
  try {
    return await work();
  } finally {
    twilio.reply = QUEUED;
  }
};

test("a phone is enrolled, confirmed with the code that came there, and passed with another one", async () => {
  const person = await borrowPerson(fountain);
  const { phone } = await enrolPhone(person);
  const generated = await generate(person);
  const masked = `+***${phone.slice(-2)}`;
  expect(generated).toMatchObject({ status: 202, body: { channel: "sms", destination: masked } });
  expect(JSON.stringify(generated.body)).not.toContain(phone);
  const json = { challengeId: generated.body["challengeId"], code: lastCodeTo(phone) };
  const raised = await person.call("POST", "/auth/verify", { json });
  expect(raised.status).toBe(200);
  const token = String(raised.body["access_token"]);
  const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
  expect(claims).toMatchObject({ acr: "aal2", amr: expect.arrayContaining(["sms"]) });
  expect((await person.call("POST", "/auth/verify", { json })).status).toBe(401);
});

test("Twilio is asked for one message in its own terms, which names the action and says never to share the code", async () => {
  const person = await borrowPerson(fountain);
  const before = twilio.requests.length;
  const phone = newPhone();
  const typed = `${phone.slice(0, 3)} (151) ${phone.slice(6, 9)}-${phone.slice(9)}`;
  expect((await begin(person, typed)).status).toBe(201);
  const sent = twilio.requests.slice(before);
  expect(sent).toHaveLength(1);
  const [request] = sent;
  expect(request).toMatchObject({
    method: "POST",
    path: `/2010-04-01/Accounts/${ACCOUNT_SID}/Messages.json`,
    headers: {
      authorization: `Basic ${Buffer.from(`${ACCOUNT_SID}:${AUTH_TOKEN}`).toString("base64")}`,
      "content-type": expect.stringMatching(/^application\/x-www-form-urlencoded/),
    },
  });
  const { Body = "", ...fields } = request ? fieldsOf(request) : {};
  expect(fields).toEqual({ To: phone, From: SENDER });
  expect(Body).toMatch(
    /^\d{8} is your Fountain code to add this phone to your account\. Never share it, .* 10 minutes\.$/,
  );
  expect(Body.length).toBeLessThanOrEqual(160);
});

test.each(["", "0151 2345678", "+0151234567", "+49", "+49151234567890123", "+4915112345a", "++4915112345678"])(
  "%j is no phone number",
  async (phone) => {
    const refused = await begin(await borrowPerson(fountain), phone);
    expect(refused.status).toBe(422);
    expect(pointersOf(refused)).toEqual(["#/phone"]);
  },
);

describe("Twilio's errors", () => {
  const invalid = twilioError(400, 21211, "The 'To' number +4915112000000 is not a valid phone number.");

  test("a number that is none points at the phone, and leaves no factor behind", async () => {
    const person = await borrowPerson(fountain);
    const refused = await withReply(invalid, () => begin(person, newPhone()));
    expect(refused).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(pointersOf(refused)).toEqual(["#/phone"]);
    expect((await person.call("GET", "/factors")).body["items"]).toEqual([]);
  });

  const cases: [string, TwilioReply, string][] = [
    ["21211, an invalid number", invalid, "no-such-destination"],
    [
      "21610, an unsubscribed number",
      twilioError(400, 21610, "Attempt to send to unsubscribed recipient"),
      "no-such-destination",
    ],
    ["20429, a rate limit", twilioError(429, 20429, "Too Many Requests"), "rate-limited"],
    ["20003, a wrong token", twilioError(401, 20003, "Authenticate"), "rejected"],
    [
      "21408, a region that is not enabled",
      twilioError(400, 21408, "Permission to send an SMS has not been enabled"),
      "rejected",
    ],
    ["20500, an outage", twilioError(500, 20500, "Internal Server Error"), "unreachable"],
    ["an outage of what is before it", { status: 503, body: "<html>upstream connect error</html>" }, "unreachable"],
    ["a connection that breaks", "hang-up", "unreachable"],
    ["a redirect", { status: 307, body: "" }, "rejected"],
  ];

  test.each(cases)("%s: reported, not counted as sent, and the next message arrives", async (_, reply, reason) => {
    const person = await borrowPerson(fountain);
    const { phone } = await enrolPhone(person);
    const refused = await withReply(reply, () => generate(person));
    expect(refused).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
    expect(refused.body["detail"]).toMatch(/^The text message provider .* [Uu]se another factor/);
    expect(refused.headers.get("retry-after")).toBe(reason === "rate-limited" ? "60" : null);
    const failed =
      fountain.logs.filter((line) => line.includes('"action":"challenge.send","outcome":"failure"')).at(-1) ?? "";
    expect(JSON.parse(failed)).toMatchObject({ reason, subject: person.id, outcome: "failure" });
    for (const number of [phone, "+4915112000000"]) expect(failed).not.toContain(number.slice(1));
    expect(await rowsOf(fountain, "SELECT id FROM sends WHERE user_id = ?", person.id)).toHaveLength(1);
    const { body } = await generate(person);
    const json = { challengeId: body["challengeId"], code: lastCodeTo(phone) };
    expect((await person.call("POST", "/auth/verify", { json })).status).toBe(200);
  });

  test("silence is reported within ten seconds, counts as sent, and keeps no other factor from working", async () => {
    const person = await borrowPerson(fountain);
    const { phone, recoveryCodes } = await enrolPhone(person);
    await withReply("silence", async () => {
      const startedAtMs = Date.now();
      const pending = generate(person);
      await expect.poll(() => textsTo(phone)).toHaveLength(2);
      const json = { recoveryCode: recoveryCodes[0] };
      expect((await person.call("POST", "/auth/verify", { json })).status).toBe(200);
      expect(await pending).toMatchObject({ status: 502, body: { code: "delivery-failed" } });
      expect(Date.now() - startedAtMs).toBeLessThan(10_000);
    });
    expect(await rowsOf(fountain, "SELECT id FROM sends WHERE user_id = ?", person.id)).toHaveLength(2);
  }, 20_000);

  test("are counted by what they mean", async () => {
    const person = await borrowPerson(fountain);
    await withReply(twilioError(429, 20429, "Too Many Requests"), () => begin(person, newPhone()));
    expect(await fountain.metrics()).toMatch(
      /fountain_messages_total\{channel="sms",outcome="rate-limited",worker="twofa"\} [1-9]/,
    );
  });
});

test("mail, which is not set up here, is refused with a problem that says so, and the phone works", async () => {
  const person = await borrowPerson(fountain);
  const json = { address: "ann@example.org" };
  const refused = await person.call("POST", "/factors/email", { json });
  expect(refused).toMatchObject({ status: 409, body: { code: "channel-unavailable" } });
  expect(refused.body["detail"]).toContain("docs/second-factor.md");
  const asked = await person.call("POST", "/auth/generate", { json: { channel: "email" } });
  expect(asked).toMatchObject({ status: 409, body: { code: "channel-unavailable" } });
  await enrolPhone(person);
});

test("numbers are sealed, and shown only to their owner", async () => {
  const person = await borrowPerson(fountain);
  const totp = await enrol(person);
  const token = await stepUp(fountain, person, totp);
  const phone = newPhone();
  await person.call("POST", "/factors/sms", { token, json: { phone, name: "Mobile" } });
  const listed = await person.call("GET", "/factors");
  expect(listed.body["items"]).toContainEqual(
    expect.objectContaining({ type: "sms", name: "Mobile", destination: `+***${phone.slice(-2)}`, confirmedAt: null }),
  );
  const stored = JSON.stringify(await rowsOf(fountain, "SELECT * FROM factors"));
  expect(stored).not.toContain(phone);
  expect(fountain.logs.join("\n")).not.toContain(phone);
});
