/** HTTP requests that go out exactly as they are written, tricks included. */
import { request as plainRequest } from "node:http";
import { request } from "node:https";
import type { StackPlace } from "./stack.ts";

const PATIENCE_MS = 20_000;

export interface Answer {
  status: number;
  headers: Record<string, unknown>;
  text: string;
}

export interface Sent {
  method: string;
  path: string;
  headers?: Record<string, string>;
  body?: string;
}

const sendOnce = (place: StackPlace, sent: Sent, scheme: "https" | "http"): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { body = "", headers = {}, ...line } = sent;
    const [open, host, port] =
      scheme === "https" ? [request, "localhost", place.httpsPort] : [plainRequest, "127.0.0.1", place.httpPort];
    const outgoing = open({ host, servername: host, port, agent: false, headers, ...line }, (incoming) => {
      let text = "";
      incoming.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      incoming.on("end", () => resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text }));
    });
    outgoing.on("error", reject);
    outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`${line.method} ${line.path}: no answer`)));
    // Who asks first is answered before the body is sent, and keeps the connection.
    if (headers["expect"] === undefined) outgoing.end(body);
    else outgoing.on("continue", () => outgoing.end(body)).flushHeaders();
  });

/**
 * Sends a request to Caddy over HTTPS or, if so said, over plain HTTP. Whose connection closes while the body is on its way may
 * miss the response that came before (RFC 9112 §9.5), and asks once more.
 */
export const send = (place: StackPlace, sent: Sent, scheme: "https" | "http" = "https"): Promise<Answer> =>
  sendOnce(place, sent, scheme).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "EPIPE") return sendOnce(place, sent, scheme);
    throw error;
  });
