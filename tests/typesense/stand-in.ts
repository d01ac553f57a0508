/**
 * A stand-in for Typesense that speaks its wire format over real sockets and keeps everything in memory. It is no search
 * engine: it finds whole words and prefixes, filters, sorts, counts and pages, and above all it can fail.
 *
 *   const typesense = await startTypesense({ nodes: 3 });         // three nodes, one state
 *   startFountain({ settings: typesense.settings })               // TYPESENSE_NODES and TYPESENSE_API_KEY
 *   await typesense.nodes[0].stop();  await typesense.nodes[0].start();     // refuses connections; comes back on its port
 *   typesense.nodes[0].mode = "hanging"                           // see NodeMode
 *   await typesense.stopAll();  await typesense.startAll();       // the whole cluster; what it stored stays
 *   typesense.documentsOf("elements")                             // by collection or alias, by id
 *   typesense.state                                               // everything else: aliases, keys, refusedIds …
 *   typesense.loseEverything()                                    // as after a lost disk; keys go too
 *   typesense.requests, typesense.violations                      // what it was asked; which of it broke the API's description
 *   await typesense.close()
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { z } from "zod";
import { createContract } from "./contract.ts";
import { answer, type Call, needsOf, type Reply } from "./stand-in-routes.ts";
import { createState, type Document, findCollection, mayDo, Refusal, type State } from "./stand-in-state.ts";

/**
 * `well` answers. `hanging` takes connections and requests and never answers. `lagging` answers 503 as a node that has
 * not caught up. `mute` does what it is asked and breaks the connection instead of answering. `failing` answers 500.
 */
export type NodeMode = "well" | "hanging" | "lagging" | "mute" | "failing";

export interface StandInNode {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  mode: NodeMode;
  /** Closes its port and breaks its connections. */
  stop(): Promise<void>;
  /** Opens the same port again. */
  start(): Promise<void>;
}

export interface SeenRequest {
  /** Index of the node. */
  node: number;
  /** When it came: milliseconds since the epoch. */
  atMs: number;
  method: string;
  /** With the query. */
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** The answer's; undefined while, or when, there is none. */
  status?: number;
}

export interface StandIn {
  readonly nodes: readonly StandInNode[];
  readonly adminKey: string;
  readonly state: State;
  /** TYPESENSE_NODES and TYPESENSE_API_KEY. */
  readonly settings: { TYPESENSE_NODES: string; TYPESENSE_API_KEY: string };
  readonly requests: SeenRequest[];
  /** Whatever did not fit the description of Typesense's API; always empty where that is not at hand. */
  readonly violations: string[];
  documentsOf(name: string): ReadonlyMap<string, Document>;
  loseEverything(): void;
  stopAll(): Promise<void>;
  startAll(): Promise<void>;
  close(): Promise<void>;
}

export interface StandInOptions {
  /** One, unless said. */
  nodes?: number;
  /** `29.0`, unless said. */
  version?: string;
  adminKey?: string;
}

const FORBIDDEN = "Forbidden - a valid `x-typesense-api-key` header must be sent.";

const callOf = async (request: IncomingMessage): Promise<Call> => {
  const [path = "", query = ""] = (request.url ?? "").split("?", 2);
  const segments = path.split("/").filter((segment) => segment !== "");
  return {
    method: request.method ?? "GET",
    segments: segments.map(decodeURIComponent),
    query: new URLSearchParams(query),
    body: await text(request),
  };
};

/** As Typesense sends it: chunked, and text only for what is one JSON object a line. */
const send = (response: ServerResponse, { status, body }: Reply): void => {
  const isText = typeof body === "string";
  const content = Buffer.from(isText ? body : JSON.stringify(body));
  response.writeHead(status, { "content-type": `${isText ? "text/plain" : "application/json"}; charset=utf-8` });
  const middle = Math.floor(content.length / 2);
  response.write(content.subarray(0, middle));
  response.end(content.subarray(middle));
};

const replyTo = (state: State, request: IncomingMessage, call: Call): Reply => {
  try {
    if (call.segments.join("/") === "health") return { status: 200, body: { ok: true } };
    const sent = request.headers["x-typesense-api-key"];
    const key = typeof sent === "string" ? sent : undefined;
    if (!mayDo(state, key, needsOf(call), Date.now() / 1000)) throw new Refusal(401, FORBIDDEN);
    return answer(state, call);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: { message: error.message } };
    if (error instanceof z.ZodError) return { status: 400, body: { message: "Wrong format." } };
    throw error;
  }
};

const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

const listen = (server: Server, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });

type Handle = (request: IncomingMessage, response: ServerResponse, mode: NodeMode) => Promise<void>;

const startNode = async (handle: Handle): Promise<StandInNode> => {
  const create = () => createServer((request, response) => void handle(request, response, node.mode));
  let server: Server | undefined = create();
  const port = await listen(server, 0);
  const node: StandInNode = {
    url: `http://127.0.0.1:${port}`,
    mode: "well",
    stop: async () => {
      const stopping = server;
      server = undefined;
      if (stopping) await closeServer(stopping);
    },
    start: async () => {
      if (server) return;
      server = create();
      await listen(server, port);
    },
  };
  return node;
};

const MODE_REPLIES: Partial<Record<NodeMode, Reply>> = {
  lagging: { status: 503, body: { message: "Not Ready or Lagging" } },
  failing: { status: 500, body: { message: "Internal error." } },
};

/** Starts its nodes, each on a free port of 127.0.0.1. Call `close` when done. */
export const startTypesense = async (options: StandInOptions = {}): Promise<StandIn> => {
  const { nodes: count = 1, version = "29.0", adminKey = "stand-in-admin-key-0123456789abcdef" } = options;
  const state = createState(adminKey, version);
  const contract = createContract();
  const requests: SeenRequest[] = [];
  const violations: string[] = [];

  const handleFor =
    (index: number): Handle =>
    async (request, response, mode) => {
      const call = await callOf(request).catch(() => undefined);
      if (!call) return;
      const seen: SeenRequest = {
        node: index,
        atMs: Date.now(),
        method: call.method,
        path: request.url ?? "",
        headers: request.headers,
        body: call.body,
      };
      requests.push(seen);
      if (contract) violations.push(...contract.faultsOf(seen));
      if (mode === "hanging") return;
      const reply = MODE_REPLIES[mode] ?? replyTo(state, request, call);
      if (mode === "mute") return void response.destroy();
      seen.status = reply.status;
      send(response, reply);
    };

  const nodes = await Promise.all(Array.from({ length: count }, (_, index) => startNode(handleFor(index))));
  const stopAll = async () => void (await Promise.all(nodes.map((node) => node.stop())));
  return {
    nodes,
    adminKey,
    state,
    settings: { TYPESENSE_NODES: nodes.map(({ url }) => url).join(","), TYPESENSE_API_KEY: adminKey },
    requests,
    violations,
    documentsOf: (name) => findCollection(state, name)?.documents ?? new Map(),
    loseEverything: () => {
      for (const part of [state.collections, state.aliases, state.keys, state.synonymSets, state.curationSets])
        part.clear();
      state.nextKeyId = 0;
    },
    stopAll,
    startAll: async () => void (await Promise.all(nodes.map((node) => node.start()))),
    close: stopAll,
  };
};
