/** Many writes while a part is stopped again and again; then the question whether all that was acknowledged is there. */
import { expect } from "vitest";
import type { Fountain } from "../support/harness.ts";
import { createWriter, type Expected, recordOf, type Tally } from "./writer.ts";

const WRITES = 10_000;
const STOPS = 20;
const WRITERS = 12;
const SEARCHED_WORDS = 300;
const QUIET_WITHIN_MS = 120_000;
const PAGE = 250;
/** Lehmer's generator, modulus 2^31 - 1: the same dice in every run. */
const MODULUS = 2_147_483_647;

const createRandom = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (state * 48_271) % MODULUS;
    return state / MODULUS;
  };
};

export interface Storm {
  fountain: Fountain;
  /** May read and write elements, and reorder them, and search. */
  headers: () => Promise<Record<string, string>>;
  /** Stops the part and starts it again. */
  stopAndStart: (stop: number) => Promise<void>;
}

const key = ({ elementType, elementId }: Pick<Expected, "elementType" | "elementId">): string =>
  `${elementType}-${elementId}`;

const rowsOf = async (fountain: Fountain, worker: string, sql: string): Promise<Record<string, unknown>[]> => {
  const found = await fountain.databases[worker]?.execute(sql);
  return (found?.rows ?? []).map((row) => ({ ...row }));
};

const assertStored = async (fountain: Fountain, expected: readonly Expected[]): Promise<void> => {
  const elements = await rowsOf(fountain, "service-a", "SELECT * FROM elements WHERE element_type <> 'script'");
  const versions = await rowsOf(
    fountain,
    "service-a",
    "SELECT element_type, element_id, text FROM versions ORDER BY version_number",
  );
  const texts = Map.groupBy(versions, (row) => `${row["element_type"]}-${row["element_id"]}`);
  const stored = elements.map((row) => ({
    elementType: String(row["element_type"]),
    elementId: Number(row["element_id"]),
    sequenceNumber: Number(row["sequence_number"]),
    texts: (texts.get(`${row["element_type"]}-${row["element_id"]}`) ?? []).map(({ text }) => text),
  }));
  const inOrder = <Item extends { sequenceNumber: number }>(items: readonly Item[]): Item[] =>
    items.toSorted((a, b) => a.sequenceNumber - b.sequenceNumber);
  expect(inOrder(stored)).toEqual(inOrder(expected));
  expect(inOrder(stored).map(({ sequenceNumber }) => sequenceNumber)).toEqual(stored.map((_, index) => index + 1));
};

const search = async ({ fountain, headers }: Storm, query: object): Promise<Record<string, unknown>> => {
  const response = await fountain.fetch("/search/search", {
    method: "POST",
    headers: { ...(await headers()), "content-type": "application/json" },
    body: JSON.stringify({ query_by: "text", per_page: PAGE, ...query }),
  });
  return response.ok ? recordOf(await response.json()) : {};
};

const documentsIn = (answer: Record<string, unknown>): Record<string, unknown>[] =>
  (Array.isArray(answer["hits"]) ? answer["hits"] : []).map((hit) => recordOf(recordOf(hit)["document"]));

const becomeQuiet = async (fountain: Fountain): Promise<void> => {
  const left = async (): Promise<number> => {
    await fountain.runScheduled("service-a").catch(() => undefined);
    const [row] = await rowsOf(fountain, "service-a", "SELECT count(*) AS depth FROM outbox");
    return Number(row?.["depth"]);
  };
  await expect.poll(left, { timeout: QUIET_WITHIN_MS, interval: 250 }).toBe(0);
};

const assertSearchable = async (storm: Storm, expected: readonly Expected[]): Promise<void> => {
  const known = new Map<unknown, Record<string, unknown>>();
  for (let from = 1; from <= expected.length; from += PAGE) {
    const filter_by = `sequence_number:[${from}..${from + PAGE - 1}]`;
    for (const document of documentsIn(await search(storm, { q: "*", filter_by }))) known.set(document["id"], document);
  }
  expect(known.size).toBe(expected.length);
  for (const element of expected) {
    expect(known.get(key(element))).toMatchObject({
      sequence_number: element.sequenceNumber,
      version_number: element.texts.length,
      text: element.texts.at(-1),
    });
  }
  for (const element of expected.slice(-SEARCHED_WORDS)) {
    const [word = ""] = (element.texts.at(-1) ?? "").split(" ");
    const ids = documentsIn(await search(storm, { q: word, num_typos: 0, prefix: false })).map(({ id }) => id);
    expect(ids).toContain(key(element));
  }
};

/** Writes, stops the part twenty times meanwhile, and asserts that nothing acknowledged is lost, doubled or out of order. */
export const weather = async (storm: Storm): Promise<string> => {
  const { fountain, headers, stopAndStart } = storm;
  const tally: Tally = { acknowledged: 0, failures: 0 };
  const callerHeaders = await headers();
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    createWriter({ fountain, headers: callerHeaders, number: index, random: createRandom(index + 1), tally }),
  );
  let begun = 0;
  const writing = writers.map(async ({ writeSomething }) => {
    while (begun < WRITES) {
      begun += 1;
      await writeSomething();
    }
  });
  const stopping = async (): Promise<void> => {
    for (let stop = 1; stop <= STOPS; stop += 1) {
      while (tally.acknowledged < (stop * WRITES) / (STOPS + 1)) await new Promise((resolve) => setTimeout(resolve, 5));
      await stopAndStart(stop);
    }
  };
  await Promise.all([...writing, stopping()]);
  await becomeQuiet(fountain);
  const expected = writers.flatMap(({ elements }) => elements);
  await assertStored(fountain, expected);
  await assertSearchable(storm, expected);
  return `${tally.acknowledged} writes acknowledged, ${tally.failures} attempts failed on the way, ${expected.length} elements, ${STOPS} stops`;
};
