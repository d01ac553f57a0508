/** From the first byte of a screenplay of 5,000 elements to all of it being found, against raw inserts of the same rows. */
import type { Client } from "@libsql/client/http";
import type { Fountain } from "../support/harness.ts";
import { logIn, registerService } from "../support/session.ts";
import { startWorkerd } from "../support/workerd.ts";
import { median, timed } from "./measure.ts";
import { milliseconds, ratio, type Table } from "./table.ts";

const ELEMENTS = 5_000;
const RUNS = 5;
const STATEMENTS_A_BATCH = 100;
const POLL_MS = 5;

const WORDS = "night lamp door rain letter keeper storm boat glass stairs voice harbour silence match wall".split(" ");
const wordAt = (index: number): string => WORDS[index % WORDS.length] ?? "";
const paragraph = (index: number): string =>
  `${Array.from({ length: 12 }, (_, place) => wordAt(index * 7 + place * place)).join(" ")} ${index}.`;

const lines = Array.from({ length: ELEMENTS }, (_, index) => paragraph(index));

/** One row a paragraph, in a table without an index: the least that any store can do. */
const insertRaw = async (database: Client): Promise<void> => {
  const insert =
    "INSERT INTO raw_lines (type, id, place, version, comment, text, at) VALUES ('action', ?, ?, 1, 'raw', ?, ?)";
  const statements = lines.map((text, index) => ({ sql: insert, args: [index, index, text, Date.now()] }));
  for (let from = 0; from < statements.length; from += STATEMENTS_A_BATCH) {
    await database.batch(statements.slice(from, from + STATEMENTS_A_BATCH), "write");
  }
};

const foundIn = async (fountain: Fountain, headers: Record<string, string>, scriptId: number): Promise<number> => {
  const response = await fountain.fetch("/search/search", {
    method: "POST",
    headers: { ...headers, "content-type": "application/json" },
    body: JSON.stringify({
      q: "*",
      query_by: "text",
      filter_by: `script_id:=${scriptId} && element_type:=action`,
      per_page: 1,
    }),
  });
  if (!response.ok) throw new Error(`search: ${response.status} ${await response.text()}`);
  return (await response.json<{ found: number }>()).found;
};

const importOnce = async (fountain: Fountain, headers: Record<string, string>) => {
  const startedAt = performance.now();
  const response = await fountain.fetch("/service-a/scripts", {
    method: "POST",
    headers: { ...headers, "content-type": "text/plain" },
    body: lines.join("\n\n"),
  });
  if (response.status !== 201) throw new Error(`import: ${response.status} ${await response.text()}`);
  const { scriptId } = await response.json<{ scriptId: number }>();
  const answeredMs = performance.now() - startedAt;
  while ((await foundIn(fountain, headers, scriptId)) < ELEMENTS) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return { answeredMs, searchableMs: performance.now() - startedAt };
};

const measure = async (fountain: Fountain): Promise<Table> => {
  const database = fountain.databases["service-a"];
  if (!database) throw new Error("service-a has no database");
  const scopes = ["sequence:read", "sequence:write", "search:read"];
  const headers = await registerService(fountain, await logIn(fountain), "importer", scopes);
  await database.execute(
    "CREATE TABLE raw_lines (type TEXT, id INTEGER, place INTEGER, version INTEGER, comment TEXT, text TEXT, at INTEGER)",
  );
  await importOnce(fountain, headers);
  const raw: number[] = [];
  const answered: number[] = [];
  const searchable: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    raw.push(await timed(() => insertRaw(database)));
    const { answeredMs, searchableMs } = await importOnce(fountain, headers);
    answered.push(answeredMs);
    searchable.push(searchableMs);
  }
  const base = median(raw);
  const row = (what: string, times: readonly number[]) => [
    what,
    milliseconds(median(times)),
    ratio(median(times) / base),
  ];
  return {
    title: `Import of a screenplay with ${ELEMENTS} elements`,
    method: `Median of ${RUNS} alternating runs, on the libSQL engine. Raw inserts: the same rows into a plain table of the same sqld, ${STATEMENTS_A_BATCH} statements a batch.`,
    columns: ["what", "time", "to raw inserts"],
    rows: [
      row("raw batched inserts", raw),
      row("import acknowledged", answered),
      row("import acknowledged and every element searchable", searchable),
    ],
  };
};

export const benchImport = async (): Promise<Table> => {
  const fountain = await startWorkerd();
  return measure(fountain).finally(fountain.stop);
};
