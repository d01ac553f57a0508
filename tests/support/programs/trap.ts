/** A listener that no one must reach: it counts who connects to it. */
import { createServer, type Server } from "node:net";

export interface Trap {
  listener: Server;
  port: number;
  caught(): number;
}

/** By default at a free port. */
export const startTrap = async (host: string, port = 0): Promise<Trap> => {
  let caught = 0;
  const listener = createServer((socket) => {
    caught += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve, reject) => listener.once("error", reject).listen(port, host, resolve));
  const address = listener.address();
  return {
    listener,
    port: typeof address === "object" && address !== null ? address.port : port,
    caught: () => caught,
  };
};
