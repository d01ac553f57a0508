/** Free loopback ports. */
import { createServer } from "node:net";

const reserve = async (): Promise<{ port: number; release: () => Promise<void> }> => {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was given");
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) };
};

/** Two different ports that were free a moment ago. */
export const freePorts = async (): Promise<[number, number]> => {
  const first = await reserve();
  const second = await reserve();
  await Promise.all([first.release(), second.release()]);
  return [first.port, second.port];
};
