import { once } from "node:events";
import { rmSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { callLocal, isUnreachable } from "./local-http.ts";

const socketPath = path.join(tmpdir(), `fountain-${crypto.randomUUID()}.sock`);
const call = (timeoutMs = 5_000): Promise<unknown> =>
  callLocal({ to: { socketPath }, method: "GET", path: "/", timeoutMs }).catch((error: unknown) => error);

const withServer = async (onConnection: (socket: Socket) => void, work: () => Promise<void>): Promise<void> => {
  const server = createServer(onConnection).listen(socketPath);
  await once(server, "listening");
  try {
    await work();
  } finally {
    server.close();
    rmSync(socketPath, { force: true });
  }
};

test("tells a process that is not there, or ends during a call, from one that does not respond", async () => {
  expect(isUnreachable(await call())).toBe(true);
  await withServer(
    (socket) => socket.destroy(),
    async () => expect(isUnreachable(await call())).toBe(true),
  );
  await withServer(
    (socket) => socket.once("data", () => socket.destroy()),
    async () => expect(isUnreachable(await call())).toBe(true),
  );
  const open: Socket[] = [];
  await withServer(
    (socket) => open.push(socket),
    async () => expect(isUnreachable(await call(50))).toBe(false),
  );
  for (const socket of open) socket.destroy();
});
