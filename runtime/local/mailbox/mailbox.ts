/**
 * Takes the place of a mail server under `npm start`: workerd puts mails into a Unix socket of FOUNTAIN_HOME, and a page on a
 * loopback port shows them. Other users of the machine can open that port, so its path has a secret.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import { rmSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import path from "node:path";
import { type Home, socketIn } from "../home.ts";
import { createKeptMails, type KeptMails } from "./kept-mails.ts";
import { mailPage, PAGE_HEADERS } from "./page.ts";

const MAX_MAIL_BYTES = 256 * 1024;
const TOKEN_BYTES = 16;

export interface Mailbox {
  /** Where workerd puts mails. */
  socket: string;
  /** Where the page is, on 127.0.0.1 only. */
  port: number;
  /** The address of the page, with its secret. */
  url: string;
  /** Where the files are. */
  folder: string;
  close(): void;
}

/** Keeps the body of a POST. */
const receiver =
  ({ keep }: KeptMails): RequestListener =>
  (request, response) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_MAIL_BYTES) chunks.push(chunk);
    });
    request.on("end", () => {
      if (request.method !== "POST" || size > MAX_MAIL_BYTES) return response.writeHead(400).end();
      try {
        keep(Buffer.concat(chunks).toString("utf8"));
        return response.writeHead(204).end();
      } catch {
        // The disk is full, say: the mail waits where it is.
        return response.writeHead(503).end();
      }
    });
  };

const isSame = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** Shows the page at its one path, to a browser that was given this very address: no other name may lead here. */
const pageServer =
  ({ list }: KeptMails, pathname: string, hosts: () => readonly string[]): RequestListener =>
  ({ method, url = "", headers }, response) => {
    if (method !== "GET" || !hosts().includes(headers.host ?? "") || !isSame(url, pathname)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, PAGE_HEADERS).end(mailPage(list()));
  };

const listen = (server: Server, where: string | { host: string; port: number }): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, resolve);
  });

/** Opens the mailbox of a home. */
export const openMailbox = async (home: Home): Promise<Mailbox> => {
  const folder = path.join(home.directory, "mail");
  const mails = createKeptMails(folder, Date.now);
  const socket = socketIn(home.directory, "mail");
  rmSync(socket, { force: true });
  const receiving = createServer(receiver(mails));
  await listen(receiving, socket);

  const pathname = `/${randomBytes(TOKEN_BYTES).toString("base64url")}`;
  const at = { port: 0 };
  const showing = createServer(pageServer(mails, pathname, () => [`127.0.0.1:${at.port}`, `localhost:${at.port}`]));
  await listen(showing, { host: "127.0.0.1", port: 0 });
  const address = showing.address();
  if (address === null || typeof address === "string") throw new Error("no port was assigned");
  at.port = address.port;
  return {
    socket,
    port: at.port,
    url: `http://127.0.0.1:${at.port}${pathname}`,
    folder,
    close: () => {
      for (const server of [receiving, showing]) {
        server.close();
        server.closeAllConnections();
      }
      rmSync(socket, { force: true });
    },
  };
};
