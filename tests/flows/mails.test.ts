/** Mails to users: from the change that they report to the mailbox, whatever fails on the way. */
import { afterEach, expect, test, vi } from "vitest";
import { createCertificate } from "../support/certificate.ts";
import { type Fountain, type FountainOptions, startFountain } from "../support/harness.ts";
import {
  MAIL_PASSWORD,
  MAIL_USER,
  type Mail,
  type MailServer,
  type MailServerOptions,
  startMailServer,
} from "../support/mail-server.ts";
import { endWaits, outbox, storeMails } from "../support/messages/outbox.ts";
import { type Account, codeOf, enrol, forgetTimeSteps, newPerson } from "../support/twofa.ts";

const certificate = createCertificate("localhost");
const running: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { stop } of running.splice(0).reverse()) await stop();
});

const mailServer = async (options: MailServerOptions = {}): Promise<MailServer> => {
  const server = await startMailServer({ certificate, ...options });
  running.push(server);
  return server;
};

const start = async (port: number, options: FountainOptions = {}): Promise<Fountain> => {
  const fountain = await startFountain({
    trustedCertificates: [certificate.cert],
    ...options,
    settings: {
      SMTP_URL: `smtp://${MAIL_USER}:${encodeURIComponent(MAIL_PASSWORD)}@localhost:${port}`,
      MAIL_FROM: "Fountain <codes@fountain.example>",
      ...options.settings,
    },
  });
  running.push(fountain);
  return fountain;
};

const idOf = ({ raw }: Mail): string => /^Message-ID: <(.+)>\r$/im.exec(raw)?.[1] ?? "";

const changePassword = (fountain: Fountain, { token, password }: Account) =>
  fountain.fetch("/kms/me/password", {
    method: "PUT",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ currentPassword: password, newPassword: "another password for tests" }),
  });

const notices = (count: number) =>
  Array.from({ length: count }, (_, at) => ({
    kind: "password-changed" as const,
    data: { username: `user-${at}` },
    userId: `user-${at}`,
    destination: `user-${at}@example.org`,
  }));

test("a user whose password was changed is notified at once, and nothing readable stays behind", async () => {
  const mail = await mailServer();
  const fountain = await start(mail.port);
  const person = await newPerson(fountain, "Ann@example.org");

  const response = await changePassword(fountain, person);
  expect(response.status).toBe(204);
  expect(response.headers.has("x-fountain-mail")).toBe(false);
  await vi.waitFor(async () => expect(await outbox(fountain)).toEqual({ waiting: 0, counted: 2 }), 10_000);

  // The other one asks whether the address is theirs.
  const arrived = mail.mails.find(({ raw }) => raw.includes("password was changed"));
  expect(mail.mails).toHaveLength(2);
  expect(arrived).toMatchObject({ to: ["Ann@example.org"], secure: true });
  const raw = arrived?.raw.replace(/=\r\n/g, "") ?? "";
  expect(raw).toContain("multipart/alternative");
  for (const type of ["text/plain", "text/html"]) expect(raw).toContain(`Content-Type: ${type}; charset=utf-8`);
  expect(raw.split(person.username)).toHaveLength(3);
  expect(raw.split("If it was not you")).toHaveLength(3);
  expect(raw).toContain(`${new Date().getUTCFullYear()} at `);
  const rows = await fountain.databases["kms"]?.execute("SELECT * FROM mails");
  expect(JSON.stringify(rows?.rows)).not.toMatch(/ann@example|user-/i);
  expect(fountain.logs.join()).not.toMatch(/ann@example/i);
  await vi.waitFor(async () => {
    const entries = await fountain.databases["kms"]?.execute(
      "SELECT outcome, target FROM audit_entries WHERE action = 'mail.send'",
    );
    const sent = { outcome: "success", target: person.id };
    expect(entries?.rows).toEqual([sent, sent]);
  }, 10_000);
});

test("a mail waits for a mail server that is not there, and for one that takes none", async () => {
  const { port, stop } = await startMailServer({ certificate });
  await stop();
  const fountain = await start(port);
  await storeMails(fountain, notices(2));
  await fountain.runScheduled("twofa");
  expect(await outbox(fountain)).toEqual({ waiting: 2, counted: 0 });
  expect(fountain.logs.filter((line) => line.includes("mail.failed"))).toHaveLength(2);

  const refusing = await startMailServer({ certificate, port, refuseDataWith: 451 });
  await fountain.runScheduled("twofa");
  await endWaits(fountain);
  await fountain.runScheduled("twofa");
  await refusing.stop();
  // The first of these runs had nothing to do: an attempt is followed by a wait.
  expect(fountain.logs.filter((line) => line.includes("mail.failed"))).toHaveLength(4);

  const mail = await mailServer({ port });
  await endWaits(fountain);
  await fountain.runScheduled("twofa");
  expect(mail.mails.map(({ to: [address] }) => address).sort()).toEqual(["user-0@example.org", "user-1@example.org"]);
  expect(await outbox(fountain)).toEqual({ waiting: 0, counted: 2 });
});

test("an address that does not exist is given up, and that is in the audit trail", async () => {
  const mail = await mailServer();
  const fountain = await start(mail.port);
  await storeMails(fountain, [
    { kind: "password-changed", data: { username: "ann" }, userId: "user-1", destination: "nobody@example.org" },
  ]);
  await fountain.runScheduled("twofa");
  expect(await outbox(fountain)).toEqual({ waiting: 0, counted: 1 });
  const entries = await fountain.databases["kms"]?.execute(
    "SELECT outcome, reason, target FROM audit_entries WHERE action = 'mail.send'",
  );
  expect(entries?.rows).toEqual([{ outcome: "failure", reason: "email-no-such-destination", target: "user-1" }]);
});

test("a mail that was sent while the database died is sent once, and forgotten as soon as it is back", async () => {
  const killed = { sqld: async () => {} };
  const mail = await mailServer({ beforeReply: () => killed.sqld() });
  const fountain = await start(mail.port, { ownSqld: true });
  await storeMails(fountain, notices(3));
  killed.sqld = () => fountain.killSqld();
  await expect(fountain.runScheduled("twofa")).rejects.toThrow();
  killed.sqld = async () => {};
  expect(mail.mails).toHaveLength(3);

  await fountain.restartSqld();
  await endWaits(fountain);
  expect(await outbox(fountain)).toEqual({ waiting: 3, counted: 0 });
  await fountain.runScheduled("twofa");
  expect(await outbox(fountain)).toEqual({ waiting: 0, counted: 3 });
  expect(mail.mails).toHaveLength(3);
});

test("a mail that cannot be read, or has no text, holds up no other", async () => {
  const mail = await mailServer();
  const fountain = await start(mail.port);
  await storeMails(fountain, notices(2));
  await fountain.databases["kms"]?.execute("UPDATE mails SET sealed = (SELECT max(sealed) FROM mails)");
  const [notice] = notices(1);
  if (!notice) throw new Error("no notice");
  await storeMails(fountain, [
    Object.assign({ ...notice }, { kind: "of a later version", destination: "ann@example.org" }),
  ]);
  await storeMails(fountain, [{ ...notice, destination: "ben@example.org" }]);
  await fountain.runScheduled("twofa");
  expect(mail.mails.map(({ to: [address] }) => address)).toContain("ben@example.org");
  // The one that was copied over another is readable in its own row only.
  expect(mail.mails).toHaveLength(2);
  expect(await outbox(fountain)).toEqual({ waiting: 2, counted: 2 });
});

test("a process that ends between sending and settling costs one more mail with the same id", async () => {
  const mail = await mailServer();
  const fountain = await start(mail.port);
  await storeMails(fountain, notices(1));
  await fountain.databases["kms"]?.execute("CREATE TABLE kept AS SELECT * FROM mails");
  await fountain.runScheduled("twofa");
  await fountain.databases["kms"]?.batch(["DELETE FROM mails", "INSERT INTO mails SELECT * FROM kept"], "write");
  const successor = await start(mail.port, { beside: fountain });
  await successor.runScheduled("twofa");
  expect(mail.mails).toHaveLength(2);
  expect(new Set(mail.mails.map(idOf)).size).toBe(1);
  expect(idOf(mail.mails[0] as Mail)).toMatch(/^[0-9a-f-]{36}@fountain\.example$/);
});

test("a hundred mails that two processes deliver at once arrive once each", async () => {
  const mail = await mailServer();
  const one = await start(mail.port);
  const other = await start(mail.port, { beside: one });
  await storeMails(one, notices(100));
  await Promise.all([one.runScheduled("twofa"), other.runScheduled("twofa")]);
  await one.runScheduled("twofa");
  expect(await outbox(one)).toEqual({ waiting: 0, counted: 100 });
  expect(mail.mails.map(({ to: [address] }) => address).sort()).toEqual(
    notices(100)
      .map(({ destination }) => destination)
      .sort(),
  );
});

test("no mailbox gets more than five mails of a kind within an hour, whatever its spelling", async () => {
  const mail = await mailServer();
  const fountain = await start(mail.port);
  const [notice] = notices(1);
  if (!notice) throw new Error("no notice");
  const spellings = ["ann@example.org", "Ann@example.org", "ann+shop@example.org", "ann+1@EXAMPLE.org"];
  await storeMails(
    fountain,
    [...spellings, ...spellings].map((destination) => ({ ...notice, destination })),
  );
  expect(await outbox(fountain)).toEqual({ waiting: 5, counted: 0 });
  await fountain.runScheduled("twofa");
  await storeMails(fountain, [{ ...notice, destination: "ann@example.org" }]);
  expect(await outbox(fountain)).toEqual({ waiting: 0, counted: 5 });

  await fountain.databases["kms"]?.execute("UPDATE mails SET created_at = created_at - 3600001");
  await storeMails(fountain, [{ ...notice, destination: "ann@example.org" }]);
  await fountain.runScheduled("kms");
  expect(await outbox(fountain)).toEqual({ waiting: 1, counted: 0 });
});

test("what is about a user goes with them", async () => {
  const fountain = await start(9);
  const person = await newPerson(fountain, "ann@example.org");
  const { secret } = await enrol(person);
  const notice = {
    kind: "password-changed",
    data: { username: person.username },
    destination: "ann@example.org",
  } as const;
  await storeMails(fountain, [
    { ...notice, userId: person.id },
    { ...notice, userId: "another" },
  ]);
  await forgetTimeSteps(fountain, person);
  const headers = { authorization: `Bearer ${person.token}`, "x-otp": codeOf(secret) };
  expect((await fountain.fetch("/kms/me", { method: "DELETE", headers })).status).toBe(204);
  expect((await outbox(fountain)).waiting).toBe(1);
});
