/** What reads and writes cost over what libSQL itself needs for them, and how often the databases are asked. */
import { connectDatabase } from "../../runtime/libsql/sqld-client.ts";
import { onKeptStream, onNewStream, type Statement } from "./database/hrana.ts";
import { countTrips } from "./database/trips.ts";
import { sequenceOf } from "./database/writes.ts";
import { type RequestOptions, requestBytes } from "./load/connection.ts";
import { cpuRatio, type Goal, goalTable, type Missing, methodOf, rateRatio, variantTable } from "./load/report.ts";
import { always, measureInSlices, type Run, type Variant } from "./load/slices.ts";
import type { BenchOptions } from "./options.ts";
import type { Clone } from "./stage/clone.ts";
import { type Installation, logInAt, startInstallation } from "./stage/installation.ts";
import type { Table } from "./table.ts";

const CONNECTIONS = 16;
const WRITERS = 4;
/** Time for what follows a write's response. */
const SETTLE_MS = 150;

const BY_KEY = "GET an element by key";
const RAW_READ = "the same row on a kept stream";
const ME = "GET /kms/me";
const ME_BEFORE = "GET /kms/me, other checkout";
const WRITE = "POST /service-a/sequence";
const RAW_WRITE = "raw insert, a stream each";
const RAW_KEPT_WRITE = "raw insert, kept streams";

const READ_SQL: Statement = {
  sql: "SELECT * FROM elements WHERE element_type = ? AND element_id = ?",
  args: [
    { type: "text", value: "action" },
    { type: "integer", value: "1" },
  ],
};
const INSERT_SQL: Statement = {
  sql: "INSERT INTO bench_lines (type, id, comment, text) VALUES ('action', 1, 'bench', ?)",
  args: [{ type: "text", value: "The lamp goes out. Rain on the glass, and somebody at the harbour door." }],
};
const TABLE_SQL = "CREATE TABLE bench_lines (type TEXT, id INTEGER, comment TEXT, text TEXT)";

interface Side {
  installation: Installation;
  clone: Clone;
  headers: Record<string, string>;
}

const startSide = async (directory?: string): Promise<Side & { stop(): Promise<void> }> => {
  const installation = await startInstallation(directory);
  try {
    const clone = await installation.clone();
    const stop = async (): Promise<void> => {
      await clone.stop();
      await installation.stop();
    };
    return { installation, clone, headers: await logInAt(installation, clone), stop };
  } catch (error) {
    await installation.stop();
    throw error;
  }
};

/** Creates the element that is read, and the table of the raw inserts. */
const fill = async ({ clone, headers }: Side): Promise<void> => {
  const json = { ...headers, "content-type": "application/json" };
  const created = await fetch(`http://127.0.0.1:${clone.port}/service-a/sequence`, {
    method: "POST",
    headers: json,
    body: sequenceOf(1),
  });
  if (created.status !== 201) throw new Error(`the element: ${created.status} ${await created.text()}`);
  const url = clone.environment["SERVICE_A_DATABASE_URL"] ?? "";
  const token = clone.environment["SERVICE_A_DATABASE_TOKEN"] ?? "";
  const database = connectDatabase(clone.sqldPort, new URL(url).hostname.split(".")[0] ?? "", token);
  await database.execute(TABLE_SQL);
  database.close();
};

const variantsOf = (side: Side): Variant[] => {
  const { installation, clone, headers } = side;
  const sqld = installation.processIds("sqld");
  const through = (name: string, next: Variant["next"], expected = 200): Variant => ({
    name,
    target: { port: clone.port },
    next,
    expected,
    connections: CONNECTIONS,
    processes: [clone.pid, ...sqld],
  });
  const raw = (name: string, next: Variant["next"], connections: number): Variant => ({
    name,
    target: { port: clone.sqldPort },
    next,
    expected: 200,
    connections,
    processes: sqld,
  });
  const post: RequestOptions = { method: "POST", headers: { ...headers, "content-type": "application/json" } };
  const write = () => requestBytes("/service-a/sequence", { ...post, body: sequenceOf() });
  return [
    through(BY_KEY, always(requestBytes("/service-a/elements/action/1", { headers }))),
    raw(RAW_READ, onKeptStream(clone, READ_SQL), CONNECTIONS),
    { ...through(WRITE, write, 201), connections: WRITERS, settleMs: SETTLE_MS },
    raw(RAW_WRITE, onNewStream(clone, INSERT_SQL), WRITERS),
    raw(RAW_KEPT_WRITE, onKeptStream(clone, INSERT_SQL), WRITERS),
    through(ME, always(requestBytes("/kms/me", { headers }))),
  ];
};

const meBefore = ({ installation, clone, headers }: Side): Variant => ({
  name: ME_BEFORE,
  target: { port: clone.port },
  next: always(requestBytes("/kms/me", { headers })),
  expected: 200,
  connections: CONNECTIONS,
  processes: [clone.pid, ...installation.processIds("sqld")],
});

const AGAINST = "GET /kms/me ÷ the same of the other checkout, requests a second";

const goalsOf = (run: Run): (Goal | Missing)[] => [
  {
    measure: "GET by key (workerd + sqld) ÷ a read on a kept stream (sqld), CPU",
    ...cpuRatio(run, BY_KEY, RAW_READ),
    mustReach: 2.2,
    tryFor: 1.6,
    isLess: true,
  },
  {
    measure: `POST /sequence ÷ raw inserts, ${WRITERS} at a time, a second`,
    ...rateRatio(run, WRITE, RAW_WRITE),
    mustReach: 0.5,
    tryFor: 0.75,
  },
  run.measured.has(ME_BEFORE)
    ? { measure: AGAINST, ...rateRatio(run, ME, ME_BEFORE), mustReach: 2.2, tryFor: 3 }
    : { measure: AGAINST, reason: "name the checkout by --against" },
];

export const benchDatabase = async ({ slices, against }: BenchOptions): Promise<Table[]> => {
  const side = await startSide();
  const other =
    against === undefined
      ? undefined
      : await startSide(against).catch(async (error: unknown) => {
          await side.stop();
          throw error;
        });
  try {
    await fill(side);
    const run = await measureInSlices([...variantsOf(side), ...(other ? [meBefore(other)] : [])], slices);
    const goals = [...goalsOf(run), ...(await countTrips(side.installation))];
    return [variantTable("The databases", run), goalTable("The databases: targets", methodOf(run), goals)];
  } finally {
    await other?.stop();
    await side.stop();
  }
};
