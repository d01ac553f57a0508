/** Counts the requests that workers send to the libSQL server: a proxy in front of it, which notes the statements. */
import { Agent, createServer, type IncomingMessage, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** One request to the database of a worker. */
export interface Trip {
  worker: string;
  statements: string[];
}

/** The trips of an operation, as the caller saw them end. */
export interface Trips {
  before: Trip[];
  after: Trip[];
}

export interface TripCounter {
  /** Stands in front of the libSQL server at this port from now on; gives the port to use instead. */
  listen(sqldPort: number): Promise<number>;
  /** Does the work, waits until no more trips follow, and gives those of these workers. */
  during(workers: readonly string[], work: () => Promise<unknown>): Promise<Trips>;
  stop(): Promise<void>;
}

/** Each trip takes so long: one that a worker begins as it responds ends after the caller has the response. */
const TRIP_MS = 40;
/** No trip for so long: nothing follows any more. */
const QUIET_MS = 800;

/** The audit trail's own, at most once a minute, during any call. */
const CHECKPOINT = /inner join "audit_chain"|(from|INTO) "?audit_checkpoints/;

/** Whether the trip has nothing to do with the call, but with the audit trail's checkpoints. */
export const isCheckpoint = ({ statements }: Trip): boolean => statements.every((sql) => CHECKPOINT.test(sql));

/** Whether the trip links entries of the audit trail or signs checkpoints, as it does behind any call: perhaps an earlier one. */
const isTrailWork = ({ statements }: Trip): boolean => statements.some((sql) => /audit_(chain|checkpoints)/.test(sql));

const VARYING = new Set(["date", "x-request-id"]);

/** All that a stranger sees of a response, and the trips of these workers before it. */
export const seenOf = async (trips: TripCounter, workers: readonly string[], call: () => Promise<Response>) => {
  let response: Response | undefined;
  const { before } = await trips.during(workers, async () => {
    response = await call();
  });
  const text = (await response?.text()) ?? "";
  return {
    status: response?.status,
    headers: [...(response?.headers ?? [])].filter(([name]) => !VARYING.has(name)),
    text: text.replace(/"requestId":"[^"]*"/, ""),
    trips: before.filter((trip) => !isTrailWork(trip)).map(({ worker, statements }) => [worker, ...statements]),
  };
};

/** So often is a call made again that seems to take more trips than another. */
const MAX_REPETITIONS = 4;

/**
 * What is seen of each call, with as few trips as any of them takes, if it ever takes no more: what else goes on, and what a caller
 * on a busy machine sees of the time after the response, adds trips and takes none away.
 */
export const seenWithFewestTrips = async <Seen extends { trips: readonly unknown[] }>(
  calls: readonly (() => Promise<Seen>)[],
): Promise<Seen[]> => {
  const seen: Seen[] = [];
  for (const call of calls) seen.push(await call());
  for (let repetition = 0; repetition < MAX_REPETITIONS; repetition += 1) {
    const fewest = Math.min(...seen.map(({ trips }) => trips.length));
    for (const [index, call] of calls.entries())
      if ((seen[index]?.trips.length ?? 0) > fewest) seen[index] = await call();
  }
  return seen;
};

const readAll = async (incoming: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

/** Every `sql` in a request of the Hrana protocol, on one line each; without what only opens and closes a batch. */
const statementsIn = (value: unknown): string[] => {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === "sql" && typeof member === "string" ? [member.trim().replaceAll(/\s+/g, " ")] : statementsIn(member),
  );
};

const FRAMES = /^(BEGIN|COMMIT|ROLLBACK)\b/;

const tripOf = (host: string, body: Buffer): Trip => {
  const worker = host.split(".")[0]?.replace(/^t[0-9a-f]+-/, "") ?? "";
  const statements = body.length === 0 ? [] : statementsIn(JSON.parse(body.toString()));
  return { worker, statements: statements.filter((sql) => !FRAMES.test(sql)) };
};

export const createTripCounter = (): TripCounter => {
  const ended: Trip[] = [];
  let open = 0;
  let lastAtMs = 0;
  let server: Server | undefined;
  const agent = new Agent({ keepAlive: true });

  const quiet = async (): Promise<void> => {
    lastAtMs = Date.now();
    while (open > 0 || Date.now() - lastAtMs < QUIET_MS) await sleep(20);
  };

  return {
    listen: async (sqldPort) => {
      const listening = createServer(async (incoming, outgoing) => {
        open += 1;
        const body = await readAll(incoming);
        const { method, url, headers } = incoming;
        const [answer] = await Promise.all([
          new Promise<IncomingMessage>((resolve, reject) => {
            const onward = request({ host: "127.0.0.1", port: sqldPort, agent, method, path: url, headers }, resolve);
            onward.on("error", reject).end(body);
          }),
          sleep(TRIP_MS),
        ]);
        const text = await readAll(answer);
        ended.push(tripOf(headers.host ?? "", body));
        open -= 1;
        lastAtMs = Date.now();
        outgoing.writeHead(answer.statusCode ?? 502, { "content-type": answer.headers["content-type"] ?? "" });
        outgoing.end(text);
      });
      // Longer than workerd keeps one that it does not use.
      listening.keepAliveTimeout = 60_000;
      server = listening;
      await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
      return (listening.address() as AddressInfo).port;
    },
    during: async (workers, work) => {
      await quiet();
      ended.length = 0;
      await work();
      const before = ended.splice(0);
      await quiet();
      const mine = (trips: Trip[]): Trip[] => trips.filter(({ worker }) => workers.includes(worker));
      return { before: mine(before), after: mine(ended.splice(0)) };
    },
    stop: async () => {
      agent.destroy();
      server?.closeAllConnections();
      server?.close();
    },
  };
};
