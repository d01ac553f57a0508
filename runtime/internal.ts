/** Calls over the internal socket, a Unix socket inside FOUNTAIN_HOME. */
import { request } from "node:http";

export interface InternalResponse {
  status: number;
  text: string;
}

/** POSTs to the internal worker. Rejects when it cannot be reached or does not answer in time. */
export const postInternal = (
  socketPath: string,
  path: string,
  body: string,
  timeoutMs: number,
): Promise<InternalResponse> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = request({ socketPath, path, method: "POST", signal, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () =>
        resolve({ status: incoming.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") }),
      );
    });
    outgoing.on("error", reject);
    outgoing.end(body);
  });
