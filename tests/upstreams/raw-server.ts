/** A server that says, byte for byte, what a test wants it to say, and that notes what it is sent. */

import type { AddressInfo } from "node:net";
import { createServer, type Socket } from "node:net";

/** A request as it came. */
export interface RawRequest {
  /** Method, path and version. */
  line: string;
  /** The header as text, in lower case. */
  head: string;
  /** The connection; what is sent of the body comes as its data. */
  socket: Socket;
  /** How many bytes of the body came so far. */
  received(): number;
  isClosed(): boolean;
}

export interface RawServer {
  port: number;
  url: string;
  requests: RawRequest[];
  close(): void;
}

/** `answer` is called once a request's header is there; a connection takes one request. */
export const startRawServer = async (answer: (request: RawRequest) => void): Promise<RawServer> => {
  const requests: RawRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let text = "";
    let received = 0;
    let isClosed = false;
    let isAnswered = false;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => {
      isClosed = true;
      sockets.delete(socket);
    });
    socket.on("data", (bytes) => {
      if (isAnswered) {
        received += bytes.byteLength;
        return;
      }
      text += bytes.toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      if (end === -1) return;
      isAnswered = true;
      received = text.length - end - 4;
      const line = text.slice(0, text.indexOf("\r\n"));
      const head = text.slice(0, end).toLowerCase();
      const request = { line, head, socket, received: () => received, isClosed: () => isClosed };
      requests.push(request);
      answer(request);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port }: AddressInfo = Object(server.address());
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    requests,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
};
