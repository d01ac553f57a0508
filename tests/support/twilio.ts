/** Stands in for Twilio's Messages API over a real socket: keeps the requests, and replies as the test says. */
import { createServer, type IncomingHttpHeaders } from "node:http";
import { text } from "node:stream/consumers";

export const ACCOUNT_SID = `AC${"0123456789abcdef".repeat(2)}`;
export const AUTH_TOKEN = "a token for texts: %&#";
export const SENDER = "+15005550006";

export interface TwilioRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export type TwilioReply = { status: number; body: string } | "silence" | "hang-up";

export interface Twilio {
  url: string;
  requests: TwilioRequest[];
  /** The reply to the next requests. */
  reply: TwilioReply;
  stop(): Promise<void>;
}

/** What Twilio says when it takes a message: queued, and nothing more is known. */
export const QUEUED: TwilioReply = {
  status: 201,
  body: JSON.stringify({
    account_sid: ACCOUNT_SID,
    api_version: "2010-04-01",
    body: "",
    date_created: "Mon, 23 Nov 2026 11:00:00 +0000",
    direction: "outbound-api",
    error_code: null,
    error_message: null,
    from: SENDER,
    num_media: "0",
    num_segments: "1",
    sid: `SM${"f".repeat(32)}`,
    status: "queued",
  }),
};

/** An error as Twilio spells it. */
export const twilioError = (status: number, code: number, message: string): TwilioReply => ({
  status,
  body: JSON.stringify({ code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status }),
});

/** Starts it; everything is taken until the test says otherwise. */
export const startTwilio = async (): Promise<Twilio> => {
  const twilio: Pick<Twilio, "requests" | "reply"> = { requests: [], reply: QUEUED };
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers } = request;
    twilio.requests.push({ method, path: url, headers, body: await text(request) });
    const { reply } = twilio;
    if (reply === "silence") return;
    if (reply === "hang-up") return void request.socket.destroy();
    response.writeHead(reply.status, { "content-type": "application/json" }).end(reply.body);
  });
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
  return Object.assign(twilio, {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
};
