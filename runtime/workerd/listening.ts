/** Listening sockets that are opened here and handed to a child process, so that several can listen on one port. */
import type { ChildProcess } from "node:child_process";
import { createServer } from "node:net";

const descriptorOf = (server: ReturnType<typeof createServer>): number => {
  const handle: unknown = Reflect.get(server, "_handle");
  if (typeof handle === "object" && handle !== null && "fd" in handle && typeof handle.fd === "number")
    return handle.fd;
  throw new Error("a listening socket has no file descriptor");
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
