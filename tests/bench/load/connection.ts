/** One HTTP/1.1 connection that is kept, with one request on it at a time: as little work a request as Node allows. */
import net from "node:net";
import tls from "node:tls";

export interface Target {
  port: number;
  /** The name to ask for in a TLS handshake; without it the connection is in the clear. */
  serverName?: string;
}

/** `status` is 0 when the connection broke before the response was whole. */
export type OnResponse = (status: number, body: Buffer) => void;

export interface Connection {
  /** Sends one whole request; `onResponse` is called once. Connects first if need be. */
  send(request: Buffer, onResponse: OnResponse): void;
  close(): void;
}

const HOST = "127.0.0.1";
const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = "0\r\n\r\n";
const STATUS_AT = "HTTP/1.1 ".length;
const STATUS_DIGITS = 3;
const NO_BODY = Buffer.alloc(0);

interface Response {
  status: number;
  body: Buffer;
  isLast: boolean;
}

/** The response that the bytes hold, or undefined when some are still missing. */
const parse = (bytes: Buffer): Response | undefined => {
  const headEnd = bytes.indexOf(HEAD_END);
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd).toLowerCase();
  const body = bytes.subarray(headEnd + HEAD_END.length);
  const status = Number(head.slice(STATUS_AT, STATUS_AT + STATUS_DIGITS));
  const isLast = head.includes("\r\nconnection: close");
  const [, length] = /\r\ncontent-length: ?(\d+)/.exec(head) ?? [];
  const isWhole =
    length === undefined
      ? !head.includes("\r\ntransfer-encoding:") || body.subarray(-LAST_CHUNK.length).equals(Buffer.from(LAST_CHUNK))
      : body.length >= Number(length);
  return isWhole ? { status, body, isLast } : undefined;
};

const dial = ({ port, serverName }: Target): net.Socket =>
  serverName === undefined
    ? net.connect({ host: HOST, port, noDelay: true })
    : // What is measured stands on this machine, under an authority that it made for itself a moment ago.
      tls.connect({ host: HOST, port, servername: serverName, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] });

export const openConnection = (target: Target): Connection => {
  let socket: net.Socket | undefined;
  let pending: OnResponse | undefined;
  let received: Buffer = NO_BODY;

  const finish = ({ status, body }: Pick<Response, "status" | "body">): void => {
    const onResponse = pending;
    pending = undefined;
    received = NO_BODY;
    onResponse?.(status, body);
  };

  const forget = (dropped: net.Socket): void => {
    if (dropped !== socket) return;
    socket = undefined;
    finish({ status: 0, body: NO_BODY });
  };

  const connect = (): net.Socket => {
    const connecting = dial(target);
    connecting.on("data", (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const response = parse(received);
      if (response === undefined) return;
      if (response.isLast) {
        socket = undefined;
        connecting.destroy();
      }
      finish(response);
    });
    connecting.on("error", () => forget(connecting));
    connecting.on("close", () => forget(connecting));
    return connecting;
  };

  return {
    send: (request, onResponse) => {
      pending = onResponse;
      socket ??= connect();
      socket.write(request);
    },
    close: () => {
      const closing = socket;
      socket = undefined;
      closing?.destroy();
    },
  };
};

export interface RequestOptions {
  method?: string;
  headers?: Readonly<Record<string, string>>;
  body?: string;
}

/** The bytes of a request. */
export const requestBytes = (path: string, { method = "GET", headers = {}, body }: RequestOptions = {}): Buffer => {
  const all = {
    host: "localhost",
    ...headers,
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
  };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body ?? ""}`);
};
