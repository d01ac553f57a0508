/** Listening sockets that are opened here and handed to a child process, so that several can listen on one port. */
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";

/** How long a connection is silent before its other end is asked whether it is still there. */
const ASK_AFTER_SECONDS = 5;

interface Handle {
  fd: number;
  setKeepAlive(isOn: boolean, afterSeconds: number): number;
}

const isHandle = (value: unknown): value is Handle =>
  typeof value === "object" &&
  value !== null &&
  "fd" in value &&
  typeof value.fd === "number" &&
  "setKeepAlive" in value &&
  typeof value.setKeepAlive === "function";

/**
 * The descriptor of a listening socket whose connections inherit that they are asked. workerd takes no notice of a connection
 * that its caller just closes, but of one that does not exist any more: so it cancels what is done for a caller who left.
 */
const descriptorOf = (server: ReturnType<typeof createServer>): number => {
  const handle: unknown = Reflect.get(server, "_handle");
  if (!isHandle(handle)) throw new Error("a listening socket has no file descriptor");
  handle.setKeepAlive(true, ASK_AFTER_SECONDS);
  return handle.fd;
};

export interface ListeningOptions {
  /** A port of 127.0.0.1. */
  port: number;
  /** Others listen there too: the kernel gives each new connection to one of them. */
  isShared: boolean;
}

/**
 * Starts a child with a socket that listens already. Only the child keeps the socket: this process lets go of it before it
 * could accept a connection. Rejects when the port cannot be listened on.
 */
export const spawnListening = (
  { port, isShared }: ListeningOptions,
  spawn: (descriptor: number) => ChildProcess,
): Promise<ChildProcess> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, reusePort: isShared }, () => {
      // Within this callback: after it, the event loop would accept connections.
      try {
        resolve(spawn(descriptorOf(server)));
      } catch (error) {
        reject(error);
      } finally {
        server.close();
      }
    });
  });
