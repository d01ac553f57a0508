/** Free loopback ports. */
import { createServer } from "node:net";
import { OperatorError } from "./operator-error.ts";

const reserve = async (wanted: number): Promise<{ port: number; release: () => Promise<void> }> => {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port was assigned");
  return { port: address.port, release: () => new Promise((resolve) => server.close(() => resolve())) };
};

/** Two different ports that were free a moment ago. */
export const freePorts = async (): Promise<[number, number]> => {
  const first = await reserve(0);
  const second = await reserve(0);
  await Promise.all([first.release(), second.release()]);
  return [first.port, second.port];
};

/** Throws {@link OperatorError} when this port, which the operator sets by `variable`, cannot be listened on. */
export const assertPortFree = async (port: number, variable = "PORT"): Promise<void> => {
  try {
    await (await reserve(port)).release();
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    const reason = code === "EACCES" ? "requires privileges that you do not have" : "is in use";
    const remedy = `free it or choose another, for example ${variable}=8790 npm start`;
    throw new OperatorError(`port ${port} ${reason}: ${remedy}`, { cause });
  }
};
