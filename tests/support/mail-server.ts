/** A real mail server for tests: it demands TLS and a password, and keeps what it takes. */
import { createServer, type Server, type Socket } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import { type Certificate, createCertificate } from "./certificate.ts";

export const MAIL_USER = "fountain";
export const MAIL_PASSWORD = "a password for mail: %&#";

export interface Mail {
  from: string;
  to: string[];
  /** Whether it came over TLS, and who had logged in. */
  secure: boolean;
  user: string;
  raw: string;
}

export interface MailServerOptions {
  /** The one it had before; by default a free one. */
  port?: number;
  /** Speaks TLS from the start; else it offers STARTTLS. */
  implicitTls?: boolean;
  certificate?: Certificate;
  /** Offers no STARTTLS. */
  plain?: boolean;
  /** What it says to mailboxes it does not know: to those whose name begins with `nobody`. */
  unknownMailboxReply?: number;
  /** What it says to the mail itself, when it does not take it. */
  refuseDataWith?: number;
  /** Awaited when a mail has arrived, before that is acknowledged. */
  beforeReply?: () => Promise<unknown>;
}

export interface MailServer {
  port: number;
  mails: Mail[];
  /** The certificate to trust. */
  certificate: Certificate;
  stop(): Promise<void>;
}

const replyWith = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode });

const listen = (server: Server | SMTPServer, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.on("error", reject);
    const listening = server.listen(port, "127.0.0.1", () => {
      const address = listening.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });

/** Starts a mail server for `localhost`. */
export const startMailServer = async (options: MailServerOptions = {}): Promise<MailServer> => {
  const { implicitTls = false, plain = false, unknownMailboxReply = 550, refuseDataWith, beforeReply } = options;
  const certificate = options.certificate ?? createCertificate("localhost");
  const mails: Mail[] = [];
  const handlers: SMTPServerOptions = {
    onAuth: ({ username, password }, _, done) => {
      if (username === MAIL_USER && password === MAIL_PASSWORD) done(null, { user: username });
      else done(replyWith(535, "Authentication credentials invalid"));
    },
    onRcptTo: ({ address }, _, done) =>
      done(address.startsWith("nobody") ? replyWith(unknownMailboxReply, "No such mailbox") : null),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        if (refuseDataWith !== undefined) return done(replyWith(refuseDataWith, "Not today"));
        const { mailFrom, rcptTo } = session.envelope;
        mails.push({
          from: mailFrom ? mailFrom.address : "",
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: String(session.user),
          raw: Buffer.concat(chunks).toString(),
        });
        void Promise.resolve(beforeReply?.()).then(() => done());
      });
    },
  };
  const server = new SMTPServer({
    ...certificate,
    ...handlers,
    secure: implicitTls,
    logger: false,
    closeTimeout: 0,
    ...(plain && { disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
  });
  const port = await listen(server, options.port ?? 0);
  server.removeAllListeners("error");
  // Clients that do not like the certificate hang up.
  server.on("error", () => undefined);
  return {
    port,
    mails,
    certificate,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
};

/** Takes connections, and says nothing. */
export const startSilentServer = async (port: number): Promise<{ stop(): Promise<void> }> => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on("error", () => undefined)));
  await listen(server, port);
  return {
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
};

/** The code in a mail or a text message. */
export const codeIn = (text: string): string => {
  const [, inMail, inText] = /code is (\d{8})\b|^(\d{8}) is your/m.exec(text) ?? [];
  const code = inMail ?? inText;
  if (code === undefined) throw new Error(`there is no code in: ${text}`);
  return code;
};

/** The link in a mail, whose lines are encoded as RFC 2045 §6.7 says. */
export const linkIn = (raw: string): string => {
  const text = raw
    .replace(/=\r\n/g, "")
    .replace(/=([\dA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const [link] = /https?:\/\/\S+\?token=[\w-]+/.exec(text) ?? [];
  if (link === undefined) throw new Error(`there is no link in: ${text}`);
  return link;
};
