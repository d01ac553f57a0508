/** Replays what a real Typesense 29.0 answered, byte by byte over a real socket: `vectors/typesense/recorded`. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import path from "node:path";
import { z } from "zod";
import { VECTORS } from "./contract.ts";

const RECORDED = path.join(VECTORS, "typesense", "recorded");

const exchangeSchema = z.object({
  name: z.string(),
  request: z.object({
    method: z.string(),
    path: z.string(),
    headers: z.record(z.string(), z.string()),
    body: z.string().nullable(),
  }),
  response: z.object({
    /** 0: it never answered. */
    status: z.int(),
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z.string(),
    json: z.unknown().optional(),
  }),
});

export type Exchange = z.infer<typeof exchangeSchema>;

/** All exchanges in their order; none where the recordings are not at hand. */
export const readExchanges = (): Exchange[] => {
  if (!existsSync(RECORDED)) return [];
  const files = readdirSync(RECORDED).filter((file) => file.endsWith(".json"));
  return files.sort().map((file) => exchangeSchema.parse(JSON.parse(readFileSync(path.join(RECORDED, file), "utf8"))));
};

export interface Replay {
  readonly url: string;
  /** What the next requests are answered with, whatever they ask. */
  answer: Exchange["response"];
  close(): Promise<void>;
}

const HOP_BY_HOP = new Set(["connection", "transfer-encoding", "content-length"]);

const replay = (answer: Exchange["response"], response: ServerResponse): void => {
  if (answer.status === 0) return;
  const headers = answer.headers.filter(([name]) => !HOP_BY_HOP.has(name.toLowerCase()));
  response.writeHead(answer.status, Object.fromEntries(headers));
  const body = Buffer.from(answer.body);
  // Cut somewhere inside, so that it comes in chunks as it did then.
  response.write(body.subarray(0, Math.floor(body.length / 3)));
  response.end(body.subarray(Math.floor(body.length / 3)));
};

/** A server on a free port of 127.0.0.1. Call `close` when done. */
export const startReplay = async (): Promise<Replay> => {
  const server = createServer((request, response) => {
    request.resume();
    request.once("end", () => replay(started.answer, response));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const started: Replay = {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    answer: { status: 0, headers: [], body: "" },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
};
