#!/usr/bin/env node
/**
 * Stands in for Mailpit where its image cannot be had: takes mail at port 1025 without TLS, and shows it at port 8025, by as much of
 * Mailpit's API as the suite asks for. `mailpit readyz` ends with 0 when it runs.
 */
import { createServer } from "node:http";
import { SMTPServer } from "smtp-server";

const PAGE = "http://127.0.0.1:8025";

if (process.argv[2] === "readyz") {
  const response = await fetch(`${PAGE}/readyz`).catch(() => undefined);
  process.exit(response?.ok ? 0 : 1);
}

const mails = [];

new SMTPServer({
  disabledCommands: ["STARTTLS"],
  authOptional: true,
  allowInsecureAuth: true,
  disableReverseLookup: true,
  onAuth: ({ username }, _, done) => done(null, { user: username }),
  onData: (stream, { envelope }, done) => {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      const raw = Buffer.concat(chunks).toString();
      const [, subject = ""] = /^Subject: (.*)$/m.exec(raw) ?? [];
      const to = envelope.rcptTo.map(({ address }) => ({ Address: address }));
      mails.unshift({ ID: String(mails.length + 1), Subject: subject.trim(), To: to, raw });
      done();
    });
  },
}).listen(1025);

const shown = { "content-type": "application/json" };

createServer(({ url = "/" }, response) => {
  const [, id] = /^\/api\/v1\/message\/(\d+)\/raw$/.exec(url) ?? [];
  if (url === "/readyz") return response.end();
  if (id !== undefined) return response.end(mails.find(({ ID }) => ID === id)?.raw);
  if (url.startsWith("/api/v1/messages"))
    return response.writeHead(200, shown).end(JSON.stringify({ messages: mails.map(({ raw: _, ...mail }) => mail) }));
  response.writeHead(200, { "content-type": "text/html" }).end("<title>Mailpit</title>");
}).listen(8025);
