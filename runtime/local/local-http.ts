/** Plain HTTP to this machine's own processes. `fetch` would cost the supervisor a quarter of its memory. */
import { type RequestOptions, request } from "node:http";

export interface LocalCall {
  /** A port, by default of 127.0.0.1, or the path of a Unix socket. */
  to: Pick<RequestOptions, "port" | "host"> | Pick<RequestOptions, "socketPath">;
  method: "GET" | "POST";
  path: string;
  headers?: Record<string, string>;
  body?: string;
  timeoutMs: number;
}

export interface LocalResponse {
  status: number;
  text: string;
}

const UNREACHABLE: ReadonlySet<unknown> = new Set(["ENOENT", "ECONNREFUSED", "ECONNRESET", "EPIPE"]);

/** Whether a call failed because the process is not there, or ended during it. */
export const isUnreachable = (error: unknown): boolean =>
  error instanceof Error && "code" in error && UNREACHABLE.has(error.code);

/** The whole response. Rejects when no process listens, or when no response arrives in time. */
export const callLocal = ({ to, method, path, headers = {}, body, timeoutMs }: LocalCall): Promise<LocalResponse> =>
  new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = request({ host: "127.0.0.1", ...to, method, path, headers, signal, agent: false }, (incoming) => {
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

/** To write some lines takes no longer. */
const STOP_TIMEOUT_MS = 500;

/** Has the workers write the log lines that they hold, and hold no more. Without a response workerd is ended all the same. */
export const announceStop = async (socketPath: string): Promise<void> => {
  await callLocal({ to: { socketPath }, method: "POST", path: "/stopping", timeoutMs: STOP_TIMEOUT_MS }).catch(
    () => {},
  );
};
