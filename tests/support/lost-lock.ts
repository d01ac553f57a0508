/** More writers than sqld bears, until it loses the lock of a database and the watchdog finds that out. */
import type { Client } from "@libsql/client";

/** Each with enough to make sqld checkpoint often. */
const CLIENTS = 3;
const WRITERS_A_CLIENT = 5;
const ROW_BYTES = 20_000;
/** Whether and when sqld loses the lock is chance: mostly within seconds. */
const LOSE_WITHIN_MS = 60_000;
const FOUND_WITHIN_MS = 60_000;
const POLL_MS = 100;

export interface LostLock {
  /** False when sqld bore it all. */
  wasLost: boolean;
  acknowledged: number;
  /** Rows that were acknowledged and are not there, or not whole. */
  missing: readonly number[];
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves once writes get through again. Rejects when they stand still and nobody finds that out. */
export const loseWriteLock = async (
  connect: () => Client,
  wasFound: () => boolean | Promise<boolean>,
): Promise<LostLock> => {
  const clients = Array.from({ length: CLIENTS }, connect);
  const database = connect();
  await database.execute("CREATE TABLE lost_lock (id INTEGER PRIMARY KEY, text TEXT NOT NULL)");
  const acknowledged: number[] = [];
  let isOver = false;
  let nextId = 1;
  let acknowledgedAtMs = Date.now();
  const write = async (client: Client): Promise<void> => {
    while (!isOver) {
      const id = nextId++;
      const insert = { sql: "INSERT INTO lost_lock VALUES (?, ?)", args: [id, "x".repeat(ROW_BYTES)] };
      await client.batch([insert], "write").then(
        () => {
          acknowledged.push(id);
          acknowledgedAtMs = Date.now();
        },
        () => pause(POLL_MS),
      );
    }
  };
  const writing = clients.flatMap((client) => Array.from({ length: WRITERS_A_CLIENT }, () => write(client)));
  const untilTrue = async (check: () => boolean | Promise<boolean>, isTooLate: () => boolean): Promise<boolean> => {
    while (!(await check())) {
      if (isTooLate()) return false;
      if (Date.now() - acknowledgedAtMs > FOUND_WITHIN_MS) throw new Error("no write gets through");
      await pause(POLL_MS);
    }
    return true;
  };
  const startedAtMs = Date.now();
  const wasLost = await untilTrue(wasFound, () => Date.now() - startedAtMs > LOSE_WITHIN_MS);
  const before = acknowledged.length;
  await untilTrue(
    () => acknowledged.length > before,
    () => false,
  );
  isOver = true;
  await Promise.all(writing);
  const { rows } = await database.execute("SELECT id, length(text) AS bytes FROM lost_lock");
  const whole = new Set(rows.filter((row) => row["bytes"] === ROW_BYTES).map((row) => row["id"]));
  await database.execute("DROP TABLE lost_lock");
  for (const client of [database, ...clients]) client.close();
  return {
    wasLost,
    acknowledged: acknowledged.length,
    missing: acknowledged.filter((id) => !whole.has(id)),
  };
};
