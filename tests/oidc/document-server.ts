/** The site of applications that describe themselves: an HTTPS server, which is all that there is on the internet. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request as requestOver } from "node:https";
import { type Request, Response } from "miniflare";
import { createCertificate } from "../support/certificate.ts";
import type { RunOptions } from "../support/fountain/workers.ts";
import { REDIRECT_URI } from "./provider.ts";

const HOST = new URL(REDIRECT_URI).host;

export type Respond = (request: IncomingMessage, response: ServerResponse) => void;

export interface DocumentServer {
  /** For the option of the same name. */
  internet: NonNullable<RunOptions["internet"]>;
  /** The paths that were asked for. */
  asked: string[];
  /** What it says at a path; by default there is nothing. */
  serve(path: string, respond: Respond): void;
  stop(): Promise<void>;
}

/** The URL of a document at this path. */
export const clientAt = (path: string): string => `https://${HOST}${path}`;

/** Responds with a document that is as it should be, but for this. */
export const describing =
  (path: string, more: Record<string, unknown> = {}): Respond =>
  (_request, response) => {
    const document = {
      client_id: clientAt(path),
      client_name: "Notebook",
      redirect_uris: [REDIRECT_URI],
      token_endpoint_auth_method: "none",
      ...more,
    };
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(JSON.stringify(document));
  };

/** Calls the server at this port by whatever name, which its certificate has to be for. */
const callAt =
  (port: number, ca: string): DocumentServer["internet"] =>
  ({ url, method, headers }: Request) =>
    new Promise((resolve, reject) => {
      const { hostname, pathname, search } = new URL(url);
      const sent = { ...Object.fromEntries(headers), host: hostname };
      const to = { host: "127.0.0.1", port, servername: hostname, ca, method, path: pathname + search, headers: sent };
      const received = (response: IncomingMessage): void => {
        const fields = Object.entries(response.headers).map(([name, value]): [string, string] => [name, `${value}`]);
        const { statusCode: status = 0 } = response;
        resolve(new Response(response, { status, headers: fields }));
      };
      requestOver(to, received).once("error", reject).end();
    });

export const startDocumentServer = async (): Promise<DocumentServer> => {
  const { key, cert } = createCertificate(HOST);
  const served = new Map<string, Respond>();
  const asked: string[] = [];
  const server = createServer({ key, cert }, (request, response) => {
    asked.push(request.url ?? "");
    const respond = served.get(request.url ?? "");
    if (respond) respond(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    internet: callAt(port, cert),
    asked,
    serve: (path, respond) => {
      served.set(path, respond);
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
};
