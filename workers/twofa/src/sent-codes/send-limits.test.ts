/** What callers can do to each other's mailboxes, codes and tables. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Answer } from "../../../../tests/support/call.ts";
import { createCertificate } from "../../../../tests/support/certificate.ts";
import { type Fountain, startFountain } from "../../../../tests/support/harness.ts";
import {
  codeIn,
  MAIL_PASSWORD,
  MAIL_USER,
  type MailServer,
  startMailServer,
} from "../../../../tests/support/mail-server.ts";
import { pass, challenge as passkeyChallenge, register } from "../../../../tests/support/passkeys.ts";
import { borrowPerson, type Person, rowsOf } from "../../../../tests/support/twofa.ts";
import { MAX_OPEN_CHALLENGES } from "../model/challenge.ts";

const certificate = createCertificate("localhost");

let mail: MailServer;
let fountain: Fountain;
beforeAll(async () => {
  mail = await startMailServer({ certificate });
  fountain = await startFountain({
    trustedCertificates: [certificate.cert],
    settings: {
      SMTP_URL: `smtp://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${mail.port}`,
      MAIL_FROM: "Fountain <codes@fountain.example>",
    },
  });
});
afterAll(async () => {
  await fountain?.stop();
  await mail?.stop();
});

const newName = (): string => `ann.${crypto.randomUUID()}`;
const mailsTo = (address: string) => mail.mails.filter(({ to }) => to.includes(address));

const begin = ({ call }: Person, address: string): Promise<Answer> =>
  call("POST", "/factors/email", { json: { address } });
const generate = ({ call }: Person): Promise<Answer> => call("POST", "/auth/generate", { json: { channel: "email" } });

/** A user who has confirmed the address. */
const ownerOf = async (address: string): Promise<Person> => {
  const owner = await borrowPerson(fountain);
  const { body } = await begin(owner, address);
  const json = { code: codeIn(mailsTo(address).at(-1)?.raw ?? "") };
  expect(await owner.call("POST", `/factors/${body["factorId"]}/confirm`, { json })).toMatchObject({ status: 200 });
  return owner;
};

/** The statuses of so many enrolments in a row. */
const enrolments = async (person: Person, addresses: readonly string[]): Promise<number[]> => {
  const statuses: number[] = [];
  for (const address of addresses) statuses.push((await begin(person, address)).status);
  return statuses;
};

const times = <Value>(count: number, value: Value): Value[] => Array.from({ length: count }, () => value);

describe("strangers who enrol another user's address", () => {
  test("use up their own messages, and never the codes of its owner", async () => {
    const victim = `${newName()}@example.org`;
    const owner = await ownerOf(victim);
    for (let stranger = 0; stranger < 2; stranger += 1)
      expect(await enrolments(await borrowPerson(fountain), times(6, victim))).toEqual([...times(5, 201), 429]);
    // With the owner's own enrolment these are fifteen, which is the limit.
    expect(await enrolments(await borrowPerson(fountain), times(5, victim))).toEqual([...times(4, 201), 429]);
    expect((await begin(await borrowPerson(fountain), victim)).status).toBe(429);
    for (let sent = 0; sent < 4; sent += 1) expect((await generate(owner)).status).toBe(202);
    expect((await generate(owner)).status).toBe(429);
    expect(mailsTo(victim)).toHaveLength(19);
  });

  test("reach the same mailbox by all its spellings, and are counted for it together", async () => {
    const name = newName();
    const spellings = [`${name}@example.org`, `${name}+1@example.org`, `${name.toUpperCase()}+B+c@Example.org`];
    const person = await borrowPerson(fountain);
    expect(await enrolments(person, [...spellings, ...spellings])).toEqual([...times(5, 201), 429]);
    for (let stranger = 0; stranger < 2; stranger += 1)
      expect(await enrolments(await borrowPerson(fountain), times(5, `${name}+x@example.org`))).toEqual(times(5, 201));
    const another = await borrowPerson(fountain);
    expect((await begin(another, `${name}+y@example.org`)).status).toBe(429);
    // Dots distinguish people.
    expect((await begin(another, `${name.replace(".", "")}@example.org`)).status).toBe(201);
  });
});

test("drops surplus open challenges, the oldest first", async () => {
  const person = await borrowPerson(fountain);
  const { authenticator } = await register(person);
  for (let asked = 0; asked < MAX_OPEN_CHALLENGES + 5; asked += 1) await passkeyChallenge(person);
  const open = "SELECT 1 FROM challenges WHERE user_id = ? AND consumed_at IS NULL";
  expect(await rowsOf(fountain, open, person.id)).toHaveLength(MAX_OPEN_CHALLENGES);
  expect(await pass(person, authenticator)).toMatchObject({ status: 200 });
});
