/** What tests of codes by email share: an installation with a mail server, and users whose addresses are factors. */
import { afterAll, beforeAll, expect } from "vitest";
import type { Answer } from "../call.ts";
import { createCertificate } from "../certificate.ts";
import { type Fountain, startFountain } from "../harness.ts";
import {
  codeIn,
  MAIL_PASSWORD,
  MAIL_USER,
  type MailServer,
  type MailServerOptions,
  startMailServer,
  startSilentServer,
} from "../mail-server.ts";
import { type Person, textsOf } from "../twofa.ts";

const certificate = createCertificate("localhost");
/** Trusted, but for another host. */
export const elsewhere = createCertificate("mail.example");

/** What replaces the mail server. */
export type Substitute = MailServerOptions | "silent" | "none";

export const newAddress = (name = "ann"): string => `${name}-${crypto.randomUUID()}@example.org`;

/** Asks for an address to become a factor. */
export const begin = ({ call }: Person, address: string, token?: string): Promise<Answer> =>
  call("POST", "/factors/email", { ...(token !== undefined && { token }), json: { address } });

export const generate = ({ call }: Person, json: object = { channel: "email" }): Promise<Answer> =>
  call("POST", "/auth/generate", { json });

export const verify = ({ call }: Person, json: object): Promise<Answer> => call("POST", "/auth/verify", { json });

/** Asks for a code and gives the id of its challenge. */
export const challenge = async (person: Person): Promise<string> =>
  String((await generate(person)).body["challengeId"]);

/** For the tests of one file. Call it at its top. */
export const useEmail = () => {
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

  /** What the server holds for an address, newest last. */
  const mailsTo = (address: string) => mail.mails.filter(({ to }) => to.includes(address));
  const lastCodeTo = (address: string): string => codeIn(mailsTo(address).at(-1)?.raw ?? "");
  return {
    certificate,
    get fountain() {
      return fountain;
    },
    get port() {
      return mail.port;
    },
    mailsTo,
    lastCodeTo,
    wrongCodeFor: (address: string): string => (lastCodeTo(address) === "00000000" ? "00000001" : "00000000"),
    /** Makes an address a factor. */
    enrolEmail: async (person: Person, address = newAddress(), token?: string) => {
      const { body } = await begin(person, address, token);
      const factorId = String(body["factorId"]);
      const json = { code: lastCodeTo(address) };
      const confirmed = await person.call("POST", `/factors/${factorId}/confirm`, {
        ...(token !== undefined && { token }),
        json,
      });
      expect(confirmed.status).toBe(200);
      return { address, factorId, recoveryCodes: textsOf(confirmed.body["recoveryCodes"]) };
    },
    /** Runs the work while another server stands in the place of the mail server. */
    withServer: async <Value>(options: Substitute, work: () => Promise<Value>): Promise<Value> => {
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
    },
  };
};
