/**
 * Sends mail over SMTP (RFC 5321): encrypted from the start or by STARTTLS (RFC 3207, RFC 8314), or not at all. Only the catch-all of
 * Docker Compose, which shows what it gets, has it without.
 */

import net from "node:net";
import tls from "node:tls";
import MailComposer from "nodemailer/lib/mail-composer";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { withinTime } from "#shared/lang/deadline.ts";
import { failure, success } from "#shared/lang/result.ts";
import { describeError } from "#shared/observability/log.ts";
import type { Delivery, DeliveryFailure, Messenger } from "../model/delivery.ts";
import type { Message } from "../model/message.ts";
import type { SmtpSettings } from "./settings.ts";

/** The gateway waits longer. */
export const DELIVER_WITHIN_MS = 8_000;

/** Replies to a recipient that say there is no such mailbox (RFC 5321 §4.2.3). */
const NO_SUCH_MAILBOX = new Set([550, 551, 553]);
/** Replies that say: not now (RFC 5321 §4.2.1, the four hundreds). */
const isTransient = (reply: number): boolean => reply >= 400 && reply < 500;

type Step = "connecting" | "logging-in" | "sending" | "sent";

const numberIn = (error: unknown, name: "responseCode"): number | undefined => {
  const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
  return typeof value === "number" ? value : undefined;
};

/** What the server's reply, or its silence, means. */
const failureOf = (error: unknown, step: Step): DeliveryFailure => {
  const reply = numberIn(error, "responseCode");
  if (reply === undefined) return step === "sending" ? "timeout" : "unreachable";
  if (isTransient(reply)) return "rate-limited";
  return step === "sending" && NO_SUCH_MAILBOX.has(reply) ? "no-such-destination" : "rejected";
};

/** The sockets are ours to open: the library would ask a name server on its own, which workerd does not let it reach. */
const openSocket = ({ host, port, implicitTls }: SmtpSettings): net.Socket =>
  implicitTls ? tls.connect({ host, port, servername: host }) : net.connect({ host, port });

type Done = (error?: Error | null) => void;

const compose = ({ from }: SmtpSettings, senderAddress: string, message: Message): Promise<Buffer> => {
  const { id, destination, subject, text, html } = message;
  // RFC 3834 §5: no automatic replies to this.
  const headers = { "Auto-Submitted": "auto-generated" };
  // RFC 5322 §3.6.4.
  const messageId = id && `<${id}${senderAddress.slice(senderAddress.lastIndexOf("@"))}>`;
  return new MailComposer({
    from,
    to: destination,
    subject,
    text,
    headers,
    ...(html !== undefined && { html }),
    ...(messageId && { messageId }),
  })
    .compile()
    .build();
};

/** Sends mail over one connection each. */
export const createSmtpMessenger =
  (settings: SmtpSettings, senderAddress: string): Messenger =>
  async (message) => {
    const { host, port, implicitTls, isPlain, user, password } = settings;
    const socket = openSocket(settings);
    const connection = new SMTPConnection({
      host,
      port,
      secure: implicitTls,
      secured: implicitTls,
      requireTLS: !implicitTls && !isPlain,
      ignoreTLS: isPlain,
      connection: socket,
      greetingTimeout: DELIVER_WITHIN_MS,
      socketTimeout: DELIVER_WITHIN_MS,
    });
    // The socket may fail before the library listens to it.
    const broken = new Promise<never>((_, reject) => {
      socket.on("error", reject);
      connection.on("error", reject);
    });
    broken.catch(() => undefined);
    const perform = (start: (done: Done) => void): Promise<void> =>
      Promise.race([
        new Promise<void>((resolve, reject) => start((error) => (error ? reject(error) : resolve()))),
        broken,
      ]);

    const at: { step: Step } = { step: "connecting" };
    const deliver = async (): Promise<Delivery> => {
      const mail = await compose(settings, senderAddress, message);
      await perform((done) => connection.connect(done));
      at.step = "logging-in";
      if (user !== "") await perform((done) => connection.login({ user, pass: password }, done));
      at.step = "sending";
      await perform((done) => connection.send({ from: senderAddress, to: [message.destination] }, mail, done));
      return success(undefined);
    };
    try {
      const delivery = await withinTime(deliver(), DELIVER_WITHIN_MS);
      if (delivery === undefined) return failure(failureOf(undefined, at.step), { cause: `${at.step}: no response` });
      at.step = "sent";
      connection.quit();
      return delivery;
    } catch (error) {
      return failure(failureOf(error, at.step), { cause: `${at.step}: ${describeError(error)}` });
    } finally {
      // The message is sent by now; do not wait for a server that does not respond.
      if (at.step === "sent") socket.destroySoon();
      else socket.destroy();
    }
  };
